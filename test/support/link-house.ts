// link in the test's own process, behind a real HTTP server that hands upgrades over as web does, with a
// stand-in keeper. Knows no test.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Course } from '../../content/schema.ts';
import { newLearnerId } from '../../server/foundation/random-id.ts';
import { socketNames, type Setup } from '../../server/foundation/child-setup.ts';
import { readConfig } from '../../server/foundation/config.ts';
import { DisposalStack } from '../../server/foundation/disposal.ts';
import { exactEnvironment } from '../../server/foundation/environment.ts';
import { createLog } from '../../server/foundation/log.ts';
import { sign } from '../../server/foundation/signature.ts';
import { compileCourses } from '../../server/link/checks/judge.ts';
import { startLink, type Link } from '../../server/link/link.ts';
import type { Grant } from '../../server/protocol/grant.ts';
import { handoverOf } from './handover-of.ts';
import { connectLab, type LabClient, type LabClientOptions } from './lab-client.ts';
import { WebEnd } from './web-end.ts';
import { StandInKeeper, type StandInKeeperOptions } from './stand-in-keeper.ts';

export type LinkHouseOptions = {
  courses?: Course[];
  config?: Partial<Setup['config']>;
  keeper?: Omit<StandInKeeperOptions, 'runDir'>;
  /** Default: as link has it. */
  keeperBackWithinMs?: number;
  /** Default true. */
  withKeeper?: boolean;
};

export type LinkHouse = {
  readonly url: string;
  readonly port: number;
  readonly setup: Setup;
  readonly keeper: StandInKeeper;
  /** A grant for a lab, signed as web does. */
  grant(grant: Partial<Grant> & { lab: string }): string;
  connect(
    lab: string,
    options?: Partial<LabClientOptions & Pick<Grant, 'role' | 'address'>>,
  ): Promise<LabClient>;
  stopLink(): Promise<void>;
  /** Ends link and starts another one on the same directories. */
  restartLink(): Promise<void>;
  /** Resolves when link has greeted keeper. */
  ready(): Promise<void>;
  close(): Promise<void>;
};

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
  let link: Link | undefined;
  const web = createServer((_request, response) => response.end('web'));
  web.on('upgrade', (request, socket, head) => {
    if (socket instanceof Socket) link?.take(handoverOf(request, head), socket);
  });
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  closings.add('web', () => new Promise((resolve) => web.close(() => resolve())));
  const address = web.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const start = async () => {
    const { keeperBackWithinMs } = options;
    link = await startLink({
      setup,
      book,
      log,
      ...(keeperBackWithinMs === undefined ? {} : { keeperBackWithinMs }),
    });
  };
  // Before web, whose end waits for the sockets that link has.
  closings.add('link', () => link?.close());
  await start();

  const ready = async () => {
    const end = new WebEnd(join(dir, socketNames.link));
    await end.ready();
    end.close();
  };
  if (options.withKeeper !== false) await ready();

  const url = `ws://127.0.0.1:${address.port}/link`;

  const grant = (wanted: Partial<Grant> & { lab: string }) => {
    const full: Grant = {
      learner: newLearnerId(),
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
    grant,
    connect: (lab, { role = 'learner', address: from = '127.0.0.1', ...client } = {}) =>
      connectLab({ url, lab, grant: grant({ lab, role, address: from }), ...client }),
    stopLink: async () => {
      await link?.close();
      link = undefined;
    },
    restartLink: async () => {
      await link?.close();
      await start();
    },
    ready,
    close: () => closings.dispose(),
  };
}
