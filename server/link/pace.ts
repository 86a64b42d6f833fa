// Decides whether a terminal is read on: the fastest learner who reads along sets the pace, so that a living
// page misses nothing; when all are away or stalled the program runs on into the ring. Knows no PTY.
import {
  OUTPUT_HIGH_MARK_BYTES,
  OUTPUT_LOW_MARK_BYTES,
  STALLED_AFTER_MS,
} from '../protocol/flow-control.ts';

export type Runner = {
  readonly setsPace: boolean;
  readonly watcher: { readonly behind: number; silence(): number };
};

export type Reading = { pause(): void; resume(): void };

export class Pace {
  readonly #reading: Reading;
  readonly #runners: ReadonlySet<Runner>;
  #paused = false;
  #released = false;
  #patience: NodeJS.Timeout | undefined;

  constructor(reading: Reading, runners: ReadonlySet<Runner>) {
    this.#reading = reading;
    this.#runners = runners;
  }

  /** To be called after new output, after an acknowledgement, and when a watcher comes or goes. */
  review(): void {
    if (this.#released) return;
    const behind = this.#leastBehind();
    if (!this.#paused && behind >= OUTPUT_HIGH_MARK_BYTES) this.#pause();
    else if (this.#paused && behind <= OUTPUT_LOW_MARK_BYTES) this.#resume();
  }

  /** From now on the terminal is read to its end, whoever is behind. */
  release(): void {
    this.#released = true;
    clearTimeout(this.#patience);
    if (this.#paused) this.#resume();
  }

  /** Bytes by which the fastest is behind: learners who are present, else anybody who is, else nobody. */
  #leastBehind(): number {
    let learner = Infinity;
    let anybody = Infinity;
    for (const runner of this.#runners) {
      const { behind } = runner.watcher;
      if (behind >= OUTPUT_HIGH_MARK_BYTES && runner.watcher.silence() >= STALLED_AFTER_MS)
        continue;
      anybody = Math.min(anybody, behind);
      if (runner.setsPace) learner = Math.min(learner, behind);
    }
    if (learner !== Infinity) return learner;
    return anybody === Infinity ? 0 : anybody;
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
