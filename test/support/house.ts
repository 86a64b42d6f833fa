// A whole Coulisse for a test: main with keeper, link and web on a free port, its state in a directory of
// its own, labs on the rootfs that `npm test` has built. Knows no test.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exactEnvironment } from '../../server/foundation/environment.ts';
import { readConfig } from '../../server/foundation/config.ts';
import { labAnswerSchema, type LabAnswer } from '../../server/protocol/web-api.ts';
import { keepCompiled, takeCompiled } from './compiled.ts';
import { connectLab, type LabClient, type LabClientOptions } from './lab-client.ts';
import { patient } from './patience.ts';

const checkout = fileURLToPath(new URL('../../', import.meta.url));
/** Milliseconds; a start takes about two seconds, five times that on a loaded machine. */
const READY_WITHIN_MS = 60_000;

export type HouseOptions = {
  /** Further settings, by environment name. */
  settings?: Record<string, string>;
  /** Use this state directory again; the caller removes it. */
  stateDir?: string;
};

/** A learner: a cookie, and the lab that goes with it; and an address, where the house believes proxies. */
export type Learner = { cookie: string; answer: LabAnswer; forwardedFor?: string };

export class TestHouse {
  readonly stateDir: string;
  readonly url: string;
  readonly main: ChildProcess;
  readonly #ownsState: boolean;
  readonly #said: () => string;

  constructor(options: {
    stateDir: string;
    url: string;
    main: ChildProcess;
    ownsState: boolean;
    said: () => string;
  }) {
    this.stateDir = options.stateDir;
    this.url = options.url;
    this.main = options.main;
    this.#ownsState = options.ownsState;
    this.#said = options.said;
  }

  /** Everything that the processes wrote so far. */
  get said(): string {
    return this.#said();
  }

  /**
   * Asks web for a lab, as the page does; with `cookie`, as the same learner again; `forwardedFor` is the
   * learner's address where this house believes proxies.
   */
  async arrive(cookie?: string, forwardedFor?: string): Promise<Learner> {
    const response = await fetch(`${this.url}/api/lab`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        origin: this.url,
        ...(cookie === undefined ? {} : { cookie }),
        ...(forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor }),
      },
      body: '{}',
    });
    const body: unknown = await response.json();
    if (!response.ok) {
      throw new Error(`${response.status} ${JSON.stringify(body)}; the house said:\n${this.said}`);
    }
    const set = response.headers.get('set-cookie')?.split(';')[0];
    return {
      cookie: set ?? cookie ?? '',
      answer: labAnswerSchema.parse(body),
      ...(forwardedFor === undefined ? {} : { forwardedFor }),
    };
  }

  /** Connects to the learner's lab with a fresh grant; makes the lab when there is none. */
  async connect(
    learner: Learner,
    options: Pick<LabClientOptions, 'client' | 'parseBytesPerSecond'> = {},
  ): Promise<LabClient> {
    const { forwardedFor } = learner;
    const { answer } = await this.arrive(learner.cookie, forwardedFor);
    return connectLab({
      url: `${this.url.replace('http', 'ws')}/link`,
      grant: answer.grant,
      lab: answer.lab,
      origin: this.url,
      ...(forwardedFor === undefined ? {} : { forwardedFor }),
      ...options,
    });
  }

  /** Host PID of keeper, link or web. */
  pidOf(name: 'keeper' | 'link' | 'web'): number {
    const found = descendantsOf(this.main.pid ?? 0).find((pid) =>
      readIfThere(`/proc/${pid}/cmdline`).includes(`server/${name}/main.ts`),
    );
    if (found === undefined) throw new Error(`${name} does not run`);
    return found;
  }

  /** Stops as ^C does and returns the exit code. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.main.exitCode === null && this.main.signalCode === null) {
      const exited = once(this.main, 'exit');
      this.main.kill(signal);
      await exited;
    }
    keepCompiled(this.stateDir);
    if (this.#ownsState) rmSync(this.stateDir, { recursive: true, force: true });
    return this.main.exitCode;
  }
}

/** Starts it; rejects with what it said when it does not become ready. */
export async function openHouse(options: HouseOptions = {}): Promise<TestHouse> {
  const stateDir = options.stateDir ?? makeStateDir();
  // A test that crashes takes its house along: the signal comes when this process ends (prctl(2)).
  const command = ['--pdeathsig', 'TERM', process.execPath, join(checkout, 'server/main.ts')];
  const main = spawn('/usr/bin/setpriv', command, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: exactEnvironment({
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      PORT: '0',
      COULISSE_STATE: stateDir,
      ...options.settings,
    }),
  });
  let said = '';
  const url = await new Promise<string>((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error(`not ready in time: ${said}`)),
      patient(READY_WITHIN_MS),
    );
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      const port = /http:\/\/localhost:(\d+)/.exec(said)?.[1];
      if (port === undefined) return;
      clearTimeout(late);
      resolve(`http://localhost:${port}`);
    };
    main.stdout.on('data', hear);
    main.stderr.on('data', hear);
    main.once('exit', (code) => {
      clearTimeout(late);
      reject(new Error(`main ended with ${code}: ${said}`));
    });
  });
  return new TestHouse({
    stateDir,
    url,
    main,
    ownsState: options.stateDir === undefined,
    said: () => said,
  });
}

/** A state directory that shares the built rootfs. */
export function makeStateDir(): string {
  const stateDir = mkdtempSync(join(tmpdir(), 'coulisse-'));
  symlinkSync(join(readConfig().stateDir, 'rootfs'), join(stateDir, 'rootfs'));
  takeCompiled(stateDir);
  return stateDir;
}

/** All processes below `pid`, by /proc/PID/task/PID/children. */
export function descendantsOf(pid: number): number[] {
  const text = readIfThere(`/proc/${pid}/task/${pid}/children`).trim();
  const children = text === '' ? [] : text.split(' ').map(Number);
  return [...children, ...children.flatMap((child) => descendantsOf(child))];
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
