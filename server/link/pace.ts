// Decides whether a terminal is read on: the fastest learner who reads along sets the pace, so that a living
// page misses nothing; when all are away or stalled the program runs on into the ring. Whoever draws its screen may ask
// for a moment. Knows no PTY.
import {
  OUTPUT_HIGH_MARK_BYTES,
  OUTPUT_LOW_MARK_BYTES,
  STALLED_AFTER_MS,
} from '../protocol/flow-control.ts';
import type { Reading } from './reading.ts';

export type Runner = {
  /** Whether the terminal waits for it, at this moment: a learner, or whoever types. */
  readonly setsPace: boolean;
  readonly watcher: { readonly behind: number; silence(): number };
};

export class Pace {
  readonly #reading: Reading;
  readonly #runners: ReadonlySet<Runner>;
  readonly #needsTime: () => boolean;
  #paused = false;
  #released = false;
  #patience: NodeJS.Timeout | undefined;

  /** `needsTime` is asked at each review and is true for a short while only. */
  constructor(reading: Reading, runners: ReadonlySet<Runner>, needsTime = () => false) {
    this.#reading = reading;
    this.#runners = runners;
    this.#needsTime = needsTime;
  }

  /** To be called after new output, after an acknowledgement, and when a watcher comes or goes. */
  review(): void {
    if (this.#released) return;
    const behind = this.#leastBehind();
    const needsTime = this.#needsTime();
    if (!this.#paused && (needsTime || behind >= OUTPUT_HIGH_MARK_BYTES)) this.#pause();
    else if (this.#paused && !needsTime && behind <= OUTPUT_LOW_MARK_BYTES) this.#resume();
  }

  /** From now on the terminal is read to its end, whoever is behind. */
  release(): void {
    this.#released = true;
    clearTimeout(this.#patience);
    if (this.#paused) this.#resume();
  }

  /** Bytes by which the fastest learner who is present is behind; 0 when none is. */
  #leastBehind(): number {
    let least = Infinity;
    for (const { setsPace, watcher } of this.#runners) {
      const isStalled =
        watcher.behind >= OUTPUT_HIGH_MARK_BYTES && watcher.silence() >= STALLED_AFTER_MS;
      if (setsPace && !isStalled) least = Math.min(least, watcher.behind);
    }
    return least === Infinity ? 0 : least;
  }

  #pause(): void {
    this.#paused = true;
    this.#reading.pause();
    this.#watchSilence();
  }

  #watchSilence(): void {
    this.#patience = setTimeout(() => {
      this.review();
      if (this.#paused) this.#watchSilence();
    }, STALLED_AFTER_MS / 4);
  }

  #resume(): void {
    this.#paused = false;
    clearTimeout(this.#patience);
    this.#reading.resume();
  }
}
