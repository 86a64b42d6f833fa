// keeper by itself, in a ground and a state of its own, asked by the benchmark as link asks it: for what its
// verbs cost without web and link around them. Knows no measurement.
import { rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ReadStream } from 'node:tty';
import { fileURLToPath } from 'node:url';
import { socketNames } from '../../server/foundation/child-setup.ts';
import { readConfig } from '../../server/foundation/config.ts';
import type { DisposalStack } from '../../server/foundation/disposal.ts';
import { exactEnvironment } from '../../server/foundation/environment.ts';
import { newLabId, newLearnerId } from '../../server/foundation/random-id.ts';
import { createLog } from '../../server/foundation/log.ts';
import { Child } from '../../server/front-door/child.ts';
import { MasterStore } from '../../server/front-door/master-store.ts';
import { makeKeeperGround } from '../../server/front-door/keeper-ground.ts';
import { openStateDirectory } from '../../server/front-door/state-directory.ts';
import { KeeperClient } from '../../server/link/keeper-client.ts';
import type { Snapshot } from '../../server/protocol/snapshot.ts';
import { makeStateDir } from '../support/house.ts';
import { Tail } from './prompt.ts';

const size = { cols: 80, rows: 24 };
const TAKES_APART_WITHIN_MS = 60_000;

export type Opened = {
  /** Milliseconds from the request until the first byte, and until the whole prompt. */
  first: number;
  prompt: number;
  /** Types into it. */
  type: (text: string) => void;
  close: () => void;
};

export class KeeperAlone {
  readonly pid: number;
  readonly stateDir: string;
  readonly #client: KeeperClient;

  private constructor(pid: number, stateDir: string, client: KeeperClient) {
    this.pid = pid;
    this.stateDir = stateDir;
    this.#client = client;
  }

  static async open(
    settings: Record<string, string>,
    closings: DisposalStack,
  ): Promise<KeeperAlone> {
    const stateDir = makeStateDir();
    closings.add('state', () => rmSync(stateDir, { recursive: true, force: true }));
    const config = readConfig(exactEnvironment({ ...settings, COULISSE_STATE: stateDir }));
    const state = openStateDirectory(stateDir, true);
    const ground = makeKeeperGround(state.runDir);
    closings.add('ground', ground.close);
    const log = createLog('main', 'error');
    const masters = new MasterStore(state.runDir, log);
    closings.add('masters', () => masters.close());
    const keeper = new Child({
      name: 'keeper',
      command: '/usr/bin/nsenter',
      args: [
        ...ground.enter,
        process.execPath,
        fileURLToPath(new URL('../../server/keeper/main.ts', import.meta.url)),
      ],
      cwd: '/',
      environment: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
      stopWithinMs: TAKES_APART_WITHIN_MS,
      log,
      onMessage: (message) => masters.handle(message),
      setup: () => ({
        type: 'setup',
        config,
        key: '',
        runDir: state.runDir,
        ownDir: state.keeperDir,
        linkUser: 0,
        recover: 'remove',
      }),
    });
    closings.add('keeper', () => keeper.stop());
    const report = await keeper.start();
    if ('failed' in report) throw new Error(report.failed ?? 'keeper ended before it was ready');
    const pid = keeper.process?.pid;
    if (pid === undefined) throw new Error('keeper does not run');
    const client = await connect(state.runDir, closings);
    return new KeeperAlone(pid, stateDir, client);
  }

  /** Makes a lab and returns its name. */
  async create(): Promise<string> {
    const lab = newLabId();
    const answer = await this.#client.createLab({
      lab,
      learner: newLearnerId(),
      address: '192.0.2.1',
    });
    if ('refused' in answer) throw new Error(`no lab: too many by ${answer.refused.reason}`);
    return lab;
  }

  /** Opens a terminal and reads it to the prompt. */
  async open(lab: string, terminal = 1): Promise<Opened> {
    const start = performance.now();
    const master = await this.#client.openTerminal({ lab, terminal }, size);
    const stream = new ReadStream(master);
    stream.on('error', () => undefined);
    const tail = new Tail();
    return new Promise((resolve, reject) => {
      let first: number | undefined;
      stream.on('data', (chunk: Buffer) => {
        first ??= performance.now() - start;
        tail.add(chunk);
        if (!tail.isPrompt) return;
        const prompt = performance.now() - start;
        resolve({
          first,
          prompt,
          type: (text) => void writeSync(master, text),
          close: () => stream.destroy(),
        });
      });
      stream.on('close', () => reject(new Error(`the terminal of lab ${lab} ended`)));
    });
  }

  /** One look at the lab, as link asks for it while a page draws it; the whole of it without what is `known`. */
  async observe(lab: string, known?: Snapshot, networks = false): Promise<Snapshot> {
    const wish = { paths: [], passing: false, networks, drawn: true };
    const snapshot = (await this.#client.observe(lab, wish, known)) ?? known;
    if (snapshot === undefined) throw new Error('keeper took a first look for a second');
    return snapshot;
  }

  /** With `save` the home is packed first. */
  async destroy(lab: string, home: 'save' | 'forget' = 'forget'): Promise<void> {
    await this.#client.destroyLab(lab, home);
  }
}

function connect(runDir: string, closings: DisposalStack): Promise<KeeperClient> {
  return new Promise((resolve) => {
    const client = new KeeperClient({
      path: join(runDir, socketNames.keeper),
      descriptorPath: join(runDir, socketNames.keeperDescriptors),
      log: createLog('link', 'error'),
      events: {
        ready: () => {
          resolve(client);
          return Promise.resolve();
        },
        away: () => undefined,
        event: () => undefined,
      },
    });
    closings.add('connection to keeper', () => client.close());
  });
}
