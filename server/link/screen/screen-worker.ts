// link's end of the screen process: starts it when there is something to do, gives it one job after another, and ends
// one that does not come back with an answer. Knows no terminal.
import { fork, type ChildProcess } from 'node:child_process';
import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exactEnvironment } from '../../foundation/environment.ts';
import type { Log } from '../../foundation/log.ts';
import { SCREEN_ANSWER_WITHIN_MS, SCREEN_STARTS_WITHIN_MS } from '../limits.ts';
import { screenReportSchema, type ScreenJob } from './messages.ts';

/** `gone`: the bytes were written over; `failed`: files failed, or what was printed ended the process. */
export type ScreenOutcome = { offset: number; scrollsWhole: boolean } | 'gone' | 'failed';

type Asked = { job: Omit<ScreenJob, 'job'>; done: (outcome: ScreenOutcome) => void };

export class ScreenWorker {
  readonly #log: Log;
  readonly #waiting: Asked[] = [];
  #process: ChildProcess | undefined;
  #now: (Asked & { number: number }) | undefined;
  #number = 0;
  #late: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Calls `done` once, later. */
  ask(job: Omit<ScreenJob, 'job'>, done: (outcome: ScreenOutcome) => void): void {
    this.#waiting.push({ job, done });
    this.#next();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#late);
    this.#waiting.length = 0;
    this.#now = undefined;
    this.#process?.kill('SIGKILL');
  }

  #next(): void {
    if (this.#now !== undefined || this.#isClosed) return;
    const asked = this.#waiting.shift();
    if (asked === undefined) return;
    this.#number += 1;
    this.#now = { ...asked, number: this.#number };
    const isFirst = this.#process === undefined;
    this.#process ??= this.#start();
    this.#late = setTimeout(
      () => this.#giveUp(),
      SCREEN_ANSWER_WITHIN_MS + (isFirst ? SCREEN_STARTS_WITHIN_MS : 0),
    );
    this.#process.send({ ...asked.job, job: this.#number }, () => undefined);
  }

  #start(): ChildProcess {
    const file = fileURLToPath(new URL('screen-process.ts', import.meta.url));
    const child = fork(file, [], {
      env: exactEnvironment(keptEnvironment()),
      // A learner's program decides what it parses: what that costs has an end.
      execArgv: ['--max-old-space-size=256'],
    });
    child.on('message', (message) => {
      const report = screenReportSchema.safeParse(message);
      if (!report.success || report.data.job !== this.#now?.number) return;
      const { offset, scrollsWhole } = report.data;
      this.#settle(typeof offset === 'string' ? offset : { offset, scrollsWhole });
    });
    child.once('error', () => this.#handleEnd(child));
    child.once('exit', () => this.#handleEnd(child));
    return child;
  }

  #giveUp(): void {
    this.#log.warn({}, 'a screen was not drawn in time');
    this.#process?.kill('SIGKILL');
  }

  #handleEnd(child: ChildProcess): void {
    if (this.#process !== child) return;
    this.#process = undefined;
    if (this.#now !== undefined) this.#settle('failed');
  }

  #settle(outcome: ScreenOutcome): void {
    const { done } = this.#now ?? {};
    clearTimeout(this.#late);
    this.#now = undefined;
    done?.(outcome);
    this.#next();
  }
}

/** What makes a Node start faster, where link has it: Node names the directory of its own version in it. */
function keptEnvironment(): Record<string, string> {
  const cache = getCompileCacheDir();
  return cache === undefined ? {} : { NODE_COMPILE_CACHE: dirname(cache) };
}
