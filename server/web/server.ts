// Puts web together: store, link's feed, the table of routes, the pages. Knows no process and no IPC.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Setup } from '../foundation/child-setup.ts';
import { DisposalStack } from '../foundation/disposal.ts';
import { ExplainedError } from '../foundation/errors.ts';
import type { Log } from '../foundation/log.ts';
import { socketNames } from '../foundation/child-setup.ts';
import { createLabHandler, refuseLabs } from './grants.ts';
import { createUpgradeHandler, type PassSocket } from './handover.ts';
import { createFrontDoor, type FrontDoor } from './http/front-door.ts';
import { Refusal } from './http/refusal.ts';
import { sendRefusal } from './http/replies.ts';
import { assertPageMethod, findRoute, parseTarget, type Route } from './http/router.ts';
import { setSecurityHeaders } from './http/security-headers.ts';
import { redirectToLanguage } from './language.ts';
import { LinkFeed } from './link-feed.ts';
import { listen, SERVER_LIMITS, shut } from './listening.ts';
import type { Pages } from './pages.ts';
import { createProgressHandler } from './progress.ts';
import { answerHealth, createReadinessHandler, createStatusHandler } from './status.ts';
import { openSqliteStore } from './store/sqlite-store.ts';

export type WebOptions = {
  setup: Setup;
  /** Requests for pages wait for it. */
  pages: Promise<Pages>;
  /** Version by course id. */
  courses: ReadonlyMap<string, number>;
  pass: PassSocket;
  log: Log;
};

export type Web = { port: number; stop(): Promise<void> };

/** Resolves once connections are accepted. Throws ExplainedError: port, store or configuration. */
export async function startWeb(options: WebOptions): Promise<Web> {
  const { setup, pages, log } = options;
  const { config, ownDir, runDir } = setup;
  const closings = new DisposalStack();
  try {
    const door = createFrontDoor(config);
    const key = parseKey(setup.key);
    const hasLabs = config.roles === 'all';

    const store = openSqliteStore(join(ownDir, 'progress.sqlite'));
    closings.add('store', () => store.close());
    const feed = hasLabs
      ? new LinkFeed({ path: join(runDir, socketNames.link), store, log })
      : undefined;
    closings.add('link feed', () => feed?.close());

    let arePagesReady = false;
    pages.then(
      () => (arePagesReady = true),
      () => undefined, // whoever made the promise reports it
    );
    const statusDesk = { labs: feed, arePagesReady: () => arePagesReady };
    const routes: Route[] = [
      { method: 'GET', path: '/', handle: redirectToLanguage },
      { method: 'GET', path: '/healthz', handle: answerHealth },
      { method: 'GET', path: '/readyz', handle: createReadinessHandler(statusDesk) },
      { method: 'GET', path: '/api/status', handle: createStatusHandler(statusDesk) },
      {
        method: 'GET',
        path: '/api/progress',
        handle: createProgressHandler({ key, store, courses: options.courses }),
      },
      {
        method: 'POST',
        path: '/api/lab',
        handle: hasLabs ? createLabHandler({ key, store, door, now: Date.now }) : refuseLabs,
      },
    ];

    const server = createServer(SERVER_LIMITS, (request, response) => {
      void answer({ request, response, door, routes, pages, log });
    });
    server.on('upgrade', createUpgradeHandler({ door, hasLabs, pass: options.pass }));
    closings.add('server', () => shut(server));
    return { port: await listen(server, config), stop: () => closings.dispose() };
  } catch (error) {
    await closings.dispose();
    throw error;
  }
}

type Answering = {
  request: IncomingMessage;
  response: ServerResponse;
  door: FrontDoor;
  routes: readonly Route[];
  pages: Promise<Pages>;
  log: Log;
};

/** Never rejects. */
async function answer(answering: Answering): Promise<void> {
  const { request, response, door, routes, pages, log } = answering;
  const target = request.url ?? '';
  try {
    setSecurityHeaders(response, undefined);
    const visitor = door.admit(request);
    setSecurityHeaders(response, visitor);
    const url = parseTarget(target);
    if (url === undefined) throw badTarget();
    const method = request.method ?? '';
    const handle = findRoute(routes, method, url.pathname);
    if (handle !== undefined) {
      await handle({ request, response, visitor, url });
      return;
    }
    assertPageMethod(method);
    await (await pages).handle(request, response);
  } catch (error) {
    if (!(error instanceof Refusal)) log.error({ err: error, target }, 'a request failed');
    sendRefusal(response, toRefusal(error), target.startsWith('/api/'));
  }
}

function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  // What an ExplainedError says is for the operator, and is in the log.
  const isOurs = error instanceof ExplainedError;
  return new Refusal({
    status: isOurs ? 503 : 500,
    code: isOurs ? error.code : 'internal',
    sentence: isOurs
      ? 'The server could not do that now; its operator finds the reason in its log. Try again later.'
      : 'The server made a mistake; its operator finds it in its log.',
  });
}

function badTarget(): Refusal {
  return new Refusal({ status: 400, code: 'bad-target', sentence: 'The request names no path.' });
}

function parseKey(hexadecimal: string): Buffer {
  const key = Buffer.from(hexadecimal, 'hex');
  if (key.length !== 32) throw new Error('the key of the setup is not 32 bytes in hexadecimal');
  return key;
}
