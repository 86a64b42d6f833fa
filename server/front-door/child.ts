// One of the three processes as main sees it: started, told its setup, started again when it dies, stopped
// in order. Knows nothing of what it does.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  childReportSchema,
  stopMessage,
  type ChildReport,
  type Setup,
} from '../foundation/child-setup.ts';
import { exactEnvironment } from '../foundation/environment.ts';
import type { Log } from '../foundation/log.ts';

/** Milliseconds before a dead child is started again; doubled at each death up to the last, and reset by
 * a life longer than that. */
const RESTART_AFTER_MS = { first: 100, last: 2000 } as const;

/** Times that a child is started which ends without a word, before its house does without it. One that says why it
 * cannot start would say it again. */
const FIRST_STARTS = 3;

/** After standard input, output, error and the IPC channel. */
export const INHERITED_FROM = 4;

export type ChildOptions = {
  name: 'keeper' | 'link' | 'web';
  command: string;
  args: readonly string[];
  cwd: string;
  environment: Record<string, string>;
  /** Milliseconds that it may take to stop; keeper takes all labs apart. */
  stopWithinMs: number;
  log: Log;
  /** Descriptors that the next start is born with, from INHERITED_FROM on, as `setup` says. */
  inherit?: () => readonly number[];
  /** A new one for each start, told how many of them became ready: what a first keeper does it does once and whole. */
  setup: (startsBefore: number) => Setup;
  onMessage?: (message: unknown, handle: unknown) => void;
};

export class Child {
  readonly #options: ChildOptions;
  #process: ChildProcess | undefined;
  #stopping = false;
  #starts = 0;
  #wait: number = RESTART_AFTER_MS.first;
  #restart: NodeJS.Timeout | undefined;

  constructor(options: ChildOptions) {
    this.#options = options;
  }

  /** The running process, for messages to it. */
  get process(): ChildProcess | undefined {
    return this.#process;
  }

  /**
   * Starts it and waits for its report. From `ready` on it is started again whenever it dies, and some times
   * before. A child that ends without a report each time counts as failed, with `undefined` for a sentence.
   */
  async start(): Promise<Extract<ChildReport, { type: 'ready' }> | { failed: string | undefined }> {
    let report = await this.#launch();
    for (let start = 1; report === undefined && start < FIRST_STARTS; start += 1) {
      await sleep(RESTART_AFTER_MS.first);
      if (this.#stopping) break;
      this.#options.log.warn({ child: this.#options.name }, 'ended while it started; once more');
      report = await this.#launch();
    }
    if (report === undefined) return { failed: undefined };
    return report.type === 'ready' ? report : { failed: report.sentence };
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#restart);
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    if (child.connected) child.send(stopMessage);
    const late = setTimeout(() => {
      this.#options.log.error({ child: this.#options.name }, 'did not stop in time; killed');
      child.kill('SIGKILL');
    }, this.#options.stopWithinMs);
    await ended;
    clearTimeout(late);
  }

  async #launch(): Promise<ChildReport | undefined> {
    const { command, args, cwd, environment, setup, name, log } = this.#options;
    const born = Date.now();
    const child = spawn(command, args, {
      cwd,
      env: exactEnvironment(environment),
      // Next writes to standard output what only a developer wants to read.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc', ...(this.#options.inherit?.() ?? [])],
      // ^C in a terminal reaches its whole process group: only main is to hear it.
      detached: true,
    });
    this.#process = child;
    child.on('error', (error) => log.error({ child: name, error: error.message }, 'cannot start'));
    const report = new Promise<ChildReport | undefined>((resolve) => {
      child.on('message', (message: unknown, handle: unknown) => {
        const parsed = childReportSchema.safeParse(message);
        if (parsed.success) resolve(parsed.data);
        else this.#options.onMessage?.(message, handle);
      });
      child.once('exit', () => resolve(undefined));
      child.once('error', () => resolve(undefined));
    });
    child.send(setup(this.#starts), () => undefined);
    const first = await report;
    if (first?.type === 'ready') this.#starts += 1;
    log.info({ child: name, ms: Date.now() - born, report: first?.type }, 'started');
    if (first?.type === 'ready') this.#startAgainAfterDeath(child, born);
    return first;
  }

  #startAgainAfterDeath(child: ChildProcess, born: number): void {
    const again = (): void => {
      if (this.#stopping) return;
      if (Date.now() - born > RESTART_AFTER_MS.last) this.#wait = RESTART_AFTER_MS.first;
      this.#options.log.error(
        { child: this.#options.name, code: child.exitCode, signal: child.signalCode },
        'died',
      );
      this.#restart = setTimeout(() => {
        this.#launch().then(
          (report) => {
            if (report?.type !== 'ready' && this.#process !== undefined) {
              this.#startAgainAfterDeath(this.#process, Date.now());
            }
          },
          () => undefined,
        );
      }, this.#wait);
      this.#wait = Math.min(this.#wait * 2, RESTART_AFTER_MS.last);
    };
    if (child.exitCode !== null || child.signalCode !== null) again();
    else child.once('exit', again);
  }
}
