// Starts keeper, link and web, each with as little as it needs, and stops them in order. Knows no request.
import { Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Setup } from '../foundation/child-setup.ts';
import type { Config } from '../foundation/config.ts';
import { DisposalStack } from '../foundation/disposal.ts';
import { ExplainedError, messageOf } from '../foundation/errors.ts';
import type { Log } from '../foundation/log.ts';
import { passSocket } from '../foundation/pass-socket.ts';
import { Child, INHERITED_FROM, type ChildOptions } from './child.ts';
import { makeKeeperGround } from './keeper-ground.ts';
import { MasterStore } from './master-store.ts';
import { ordinaryCommand } from './ordinary-command.ts';
import { openStateDirectory, users, type StateDirectory } from './state-directory.ts';

const checkout = fileURLToPath(new URL('../../', import.meta.url));
/** Two hundred labs are taken apart in about two seconds; a full disk may be slower. */
const KEEPER_STOPS_WITHIN_MS = 60_000;
const OTHERS_STOP_WITHIN_MS = 5000;
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export type House = {
  port: number;
  /** Whether labs can be opened here; else why not. */
  labs: true | string;
  stop: () => Promise<void>;
};

/** Throws ExplainedError when not even the lessons can be served. */
export async function openHouse(config: Config, log: Log): Promise<House> {
  const asRoot = process.getuid?.() === 0;
  const teardown = new DisposalStack();
  try {
    const state = openStateDirectory(config.stateDir, asRoot);
    teardown.add('lock', state.unlock);
    let link: Child | undefined;
    // PORT=0 lets the kernel choose once: pages must find a web that was started again where it was.
    let { port } = config;
    const makeWeb = (roles: Config['roles']): Child => {
      const { setup, ...command } = (asRoot ? ordinary : plain)('web', { ...config, roles }, state);
      return new Child({
        ...command,
        log,
        setup: (start) => {
          const told = setup(start);
          return { ...told, config: { ...told.config, port } };
        },
        onMessage: (message, handle) => relay(link, message, handle),
      });
    };
    let web = makeWeb(config.roles);
    // Side by side: each takes about half a second to start.
    const [labs, first] = await Promise.all([
      config.roles === 'all'
        ? openLabsOrSay({ config, state, log, teardown })
        : 'web alone was asked for',
      web.start(),
    ]);
    teardown.add('web', () => web.stop());
    let report = first;
    if (typeof labs !== 'string') link = labs;
    else if (config.roles === 'all' && !('failed' in first)) {
      await web.stop();
      web = makeWeb('web');
      report = await web.start();
    }
    if ('failed' in report) {
      throw new ExplainedError({ code: 'web-failed', sentence: report.failed ?? unreadable() });
    }
    port = report.port ?? port;
    return {
      port,
      labs: typeof labs === 'string' ? labs : true,
      stop: () => teardown.dispose(),
    };
  } catch (error) {
    await teardown.dispose();
    throw error;
  }
}

type Parts = { config: Config; state: StateDirectory; log: Log; teardown: DisposalStack };

/** link, with keeper behind it; or the sentence that says why there are no labs. */
async function openLabsOrSay(parts: Parts): Promise<Child | string> {
  try {
    return await openLabs(parts);
  } catch (error) {
    return messageOf(error);
  }
}

async function openLabs({ config, state, log, teardown }: Parts): Promise<Child | string> {
  const ground = makeKeeperGround(state.runDir);
  teardown.add('ground', ground.close);
  const masters = new MasterStore(state.runDir, log);
  teardown.add('masters', () => masters.close());
  const keeper = new Child({
    name: 'keeper',
    command: '/usr/bin/nsenter',
    args: [...ground.enter, process.execPath, join(checkout, 'server/keeper/main.ts')],
    cwd: '/',
    environment: { PATH, ...compileCache(state.keeperDir) },
    stopWithinMs: KEEPER_STOPS_WITHIN_MS,
    log,
    setup: (start) => ({
      ...setupFor('keeper', config, state),
      recover: start === 0 ? 'remove' : 'adopt',
      masters: masters.list(INHERITED_FROM),
    }),
    inherit: () => masters.descriptors(),
    onMessage: (message) => masters.handle(message),
  });
  teardown.add('keeper', () => keeper.stop());
  const link = new Child({
    ...ordinary('link', config, state),
    log,
  });
  teardown.add('link', () => link.stop());
  const [keeperReport, linkReport] = await Promise.all([keeper.start(), link.start()]);
  for (const report of [keeperReport, linkReport]) {
    if ('failed' in report) {
      await Promise.all([link.stop(), keeper.stop()]);
      return report.failed ?? unreadable();
    }
  }
  return link;
}

/** Hands a WebSocket's socket from web to link; without link nobody could answer it. */
function relay(link: Child | undefined, message: unknown, handle: unknown): void {
  if (!(handle instanceof Socket)) return;
  const receiver = link?.process;
  if (receiver === undefined || !isPlainObject(message)) handle.destroy();
  else passSocket(receiver, message, handle);
}

function isPlainObject(message: unknown): message is object {
  return typeof message === 'object' && message !== null;
}

function setupFor(name: 'keeper' | 'link' | 'web', config: Config, state: StateDirectory): Setup {
  return {
    type: 'setup',
    config,
    key: name === 'keeper' ? '' : state.key,
    runDir: state.runDir,
    ownDir: { keeper: state.keeperDir, link: state.linkDir, web: state.webDir }[name],
    linkUser: users.link,
    recover: 'adopt',
  };
}

type Command = Pick<
  ChildOptions,
  'name' | 'command' | 'args' | 'cwd' | 'environment' | 'stopWithinMs'
>;

const environment = { PATH, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' };

/** Node keeps what it made of our TypeScript: half of a process's start (0.67 s to 0.34 s of processor). */
function compileCache(ownDir: string): { NODE_COMPILE_CACHE: string } {
  return { NODE_COMPILE_CACHE: join(ownDir, 'compile-cache') };
}

/** As a user of its own, told the paths that it sees. */
function ordinary(
  name: 'link' | 'web',
  config: Config,
  state: StateDirectory,
): Command & Pick<ChildOptions, 'setup'> {
  const setup = setupFor(name, config, state);
  const { command, args, view } = ordinaryCommand({
    name,
    checkout,
    runDir: setup.runDir,
    ownDir: setup.ownDir,
  });
  return {
    name,
    command,
    args,
    cwd: '/',
    environment: { ...environment, ...compileCache(view.ownDir) },
    stopWithinMs: OTHERS_STOP_WITHIN_MS,
    setup: () => ({ ...setup, runDir: view.runDir, ownDir: view.ownDir }),
  };
}

/** As this user. */
function plain(
  name: 'link' | 'web',
  config: Config,
  state: StateDirectory,
): Command & Pick<ChildOptions, 'setup'> {
  return {
    setup: () => setupFor(name, config, state),
    name,
    command: process.execPath,
    args: [join(checkout, `server/${name}/main.ts`)],
    cwd: checkout,
    environment,
    stopWithinMs: OTHERS_STOP_WITHIN_MS,
  };
}

function unreadable(): string {
  return (
    `A process ended before it could say why. Its files must be readable for user ${users.web}: ` +
    `run \`chmod -R o+rX ${checkout}\`, or clone with umask 022.`
  );
}
