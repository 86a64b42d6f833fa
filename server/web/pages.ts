// Next's production handler over the pages built in the checkout. Knows no route of ours.
import { Server, type IncomingMessage, type ServerResponse } from 'node:http';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ExplainedError } from '../foundation/errors.ts';

export type Pages = {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  close(): Promise<void>;
};

/** `root` is the checkout. Throws ExplainedError when its pages are not built or can't be read. */
export async function openPages(root: string): Promise<Pages> {
  assertBuilt(root);
  const { default: next } = await import('next');
  // At its first request Next adds an upgrade listener to the server that the request came through, which
  // would close a /link that a [lang] page matches too. It gets a server that never listens instead.
  const neverListening = new Server();
  const app = next({ dev: false, dir: root, httpServer: neverListening });
  await app.prepare();
  const handle = app.getRequestHandler();
  return { handle: (request, response) => handle(request, response), close: () => app.close() };
}

function assertBuilt(root: string): void {
  if (existsSync(join(root, '.next', 'BUILD_ID'))) return;
  throw new ExplainedError({
    code: 'pages-not-built',
    sentence: `The pages are not built, or this user can't read them: there is no ${join(root, '.next', 'BUILD_ID')}.`,
    remedy: 'Run npm start, which builds them, or make the checkout readable to every user.',
  });
}
