// What the terminals of one lab may print together: so many bytes a second in the long run, some at once. A
// terminal that has printed more is not read for a while, so its program waits in write(2). Knows no PTY. [L16]
import { TERMINALS_AT_ONCE_S, TERMINALS_PAUSE_MS, TERMINAL_FREE_BYTES } from './limits.ts';
import { Rate } from './rate.ts';
import type { Reading } from './reading.ts';

/** One terminal's part in it. */
export type Spender = {
  /** Bytes that have been read. */
  spend(bytes: number): void;
  /** It is read to its end from now on; what that brings is still counted. */
  release(): void;
};

export class Allowance {
  readonly #rate: Rate;
  readonly #waiting = new Set<Reading>();
  #timer: NodeJS.Timeout | undefined;
  /** Counts the times that something was owed. */
  #debts = 0;

  constructor(bytesPerSecond: number) {
    this.#rate = new Rate(bytesPerSecond, bytesPerSecond * TERMINALS_AT_ONCE_S);
  }

  join(reading: Reading): Spender {
    let isReleased = false;
    let debt = 0;
    let bytesInDebt = 0;
    return {
      spend: (bytes) => {
        const milliseconds = this.#rate.spend(bytes);
        if (milliseconds === 0 || isReleased) return;
        bytesInDebt = bytes + (debt === this.#debts ? bytesInDebt : 0);
        debt = this.#debts;
        // Beside a terminal that is flooded others echo at once: the debt that they make is paid by all.
        if (bytesInDebt > TERMINAL_FREE_BYTES) this.#hold(reading, milliseconds);
      },
      release: () => {
        isReleased = true;
        this.#letGo(reading);
      },
    };
  }

  #hold(reading: Reading, milliseconds: number): void {
    reading.pause();
    this.#waiting.add(reading);
    this.#timer ??= this.#wait(milliseconds);
  }

  #letGo(reading: Reading): void {
    if (this.#waiting.delete(reading)) reading.resume();
    if (this.#waiting.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #wait(milliseconds: number): NodeJS.Timeout {
    return setTimeout(() => this.#goOn(), Math.max(TERMINALS_PAUSE_MS, milliseconds));
  }

  #goOn(): void {
    const milliseconds = this.#rate.spend(0);
    this.#timer = milliseconds > 0 ? this.#wait(milliseconds) : undefined;
    if (milliseconds > 0) return;
    this.#debts += 1;
    for (const reading of this.#waiting) reading.resume();
    this.#waiting.clear();
  }
}
