// link in the test's own process, behind a real HTTP server that hands upgrades over as web does, with a
// stand-in keeper. Knows no test.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Course } from '../../content/schema.ts';
import { socketNames, type Setup } from '../../server/foundation/child-setup.ts';
import { readConfig } from '../../server/foundation/config.ts';
import { DisposalStack } from '../../server/foundation/disposal.ts';
import { exactEnvironment } from '../../server/foundation/environment.ts';
import { createLog } from '../../server/foundation/log.ts';
import { sign } from '../../server/foundation/signature.ts';
import { compileCourses } from '../../server/link/checks/judge.ts';
import { startLink, type Link } from '../../server/link/link.ts';
import type { Grant } from '../../server/protocol/grant.ts';
import type { Handover } from '../../server/protocol/peer-messages.ts';
import { connectLab, type LabClient, type LabClientOptions } from './lab-client.ts';
import { WebEnd } from './web-end.ts';
import { StandInKeeper, type StandInKeeperOptions } from './stand-in-keeper.ts';

export type LinkHouseOptions = {
  courses?: Course[];
  config?: Partial<Setup['config']>;
  keeper?: Omit<StandInKeeperOptions, 'runDir'>;
  /** Default true. */
  withKeeper?: boolean;
};

export type LinkHouse = {
  readonly url: string;
  readonly port: number;
  readonly setup: Setup;
  readonly keeper: StandInKeeper;
  readonly link: Link;
  /** A grant for a lab, signed as web does. */
  grant(grant: Partial<Grant> & { lab: string }): string;
  connect(
    lab: string,
    options?: Partial<LabClientOptions & Pick<Grant, 'role' | 'address'>>,
  ): Promise<LabClient>;
  /** Ends link and starts another one on the same directories. */
  restartLink(): Promise<void>;
  /** Resolves when link has greeted keeper. */
  ready(): Promise<void>;
  close(): Promise<void>;
};

const letters = 'abcdefghijklmnopqrstuvwxyz234567';

/** A new lab id. */
export function newLabId(): string {
  return randomLetters(16);
}

export async function openLinkHouse(options: LinkHouseOptions = {}): Promise<LinkHouse> {
  const closings = new DisposalStack();
  const dir = mkdtempSync(join(tmpdir(), 'link-'));
  const remove = (path: string) => rmSync(path, { recursive: true, force: true });
  closings.add('directory', () => remove(dir));
  const setup: Setup = {
    type: 'setup',
    config: { ...readConfig(exactEnvironment({ COULISSE_STATE: dir })), ...options.config },
    key: randomBytes(32).toString('hex'),
    runDir: dir,
    ownDir: dir,
    linkUser: 0,
    recover: 'remove',
  };
  const keeper = new StandInKeeper({ runDir: dir, ...options.keeper });
  if (options.withKeeper !== false) {
    await keeper.listen();
    closings.add('keeper', () => keeper.close(remove));
  }
  const log = createLog('link', 'error');
  const book = compileCourses(options.courses ?? []);
  let link = await startLink({ setup, book, log });
  closings.add('link', () => link.close());

  const ready = async () => {
    const end = new WebEnd(join(dir, socketNames.link));
    await end.ready();
    end.close();
  };
  if (options.withKeeper !== false) await ready();

  const web = createServer((_request, response) => response.end('web'));
  web.on('upgrade', (request, socket, head) => {
    if (socket instanceof Socket) link.take(handoverOf(request, head), socket);
  });
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  closings.add('web', () => new Promise((resolve) => web.close(() => resolve())));
  const address = web.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const url = `ws://127.0.0.1:${address.port}/link`;

  const grant = (wanted: Partial<Grant> & { lab: string }) => {
    const full: Grant = {
      learner: randomLetters(26),
      role: 'learner',
      address: '127.0.0.1',
      expires: Date.now() + 60_000,
      ...wanted,
    };
    return sign(Buffer.from(setup.key, 'hex'), 'grant', JSON.stringify(full));
  };
  return {
    url,
    port: address.port,
    setup,
    keeper,
    get link() {
      return link;
    },
    grant,
    connect: (lab, { role = 'learner', address: from = '127.0.0.1', ...client } = {}) =>
      connectLab({ url, lab, grant: grant({ lab, role, address: from }), ...client }),
    restartLink: async () => {
      await link.close();
      link = await startLink({ setup, book, log });
    },
    ready,
    close: () => closings.dispose(),
  };
}

/** What web makes of an upgrade request. */
export function handoverOf(request: IncomingMessage, head: Buffer): Handover {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return {
    type: 'handover',
    url: request.url ?? '/',
    headers,
    address: request.socket.remoteAddress ?? '',
    head: head.toString('base64'),
  };
}

function randomLetters(length: number): string {
  return [...randomBytes(length)].map((byte) => letters[byte % letters.length]).join('');
}
