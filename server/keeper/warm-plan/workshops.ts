// keeper's view of the plan of workshops: read again when its file has changed; one that cannot be read changes
// nothing. Knows no lab.
import { statSync } from 'node:fs';
import { messageOf } from '../../foundation/errors.ts';
import type { Log } from '../../foundation/log.ts';
import { wantedNow, type Workshop } from './plan.ts';
import { readPlan } from './plan-file.ts';

export class Workshops {
  readonly #path: string;
  readonly #log: Log;
  /** Inode and time of what was read: a plan is replaced, never written to. */
  #version = '';
  #workshops: Workshop[] = [];

  constructor(path: string, log: Log) {
    this.#path = path;
    this.#log = log;
  }

  /** See wantedNow. */
  wanted(always: number, givenSince: (since: number) => number): number {
    this.#readIfChanged();
    return wantedNow(this.#workshops, { now: Date.now(), always, givenSince });
  }

  #readIfChanged(): void {
    const found = statSync(this.#path, { throwIfNoEntry: false });
    const version = found === undefined ? '' : `${found.ino} ${found.mtimeMs}`;
    if (version === this.#version) return;
    this.#version = version;
    try {
      this.#workshops = readPlan(this.#path);
    } catch (error) {
      this.#log.error({ error: messageOf(error) }, 'the plan of workshops is left as it was');
    }
  }
}
