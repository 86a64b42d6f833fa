// How long a lab lives: until its learner has given no sign for the idle time, or until it is too old.
// Knows no lab; says when the time is over.
import type { Lifetime } from '../protocol/browser-messages.ts';

/** setTimeout's longest delay. */
const LONGEST_MS = 2 ** 31 - 1;

export type LabClockOptions = {
  /** Milliseconds since the epoch. */
  createdAt: number;
  idleMs: number;
  ageMs: number;
  /** Called once, when the lab's time is over. */
  over(reason: Lifetime['reason']): void;
};

export class LabClock {
  readonly #options: LabClockOptions;
  #signAt = Date.now();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LabClockOptions) {
    this.#options = options;
    this.#arm();
  }

  get lifetime(): Lifetime {
    const idleAt = this.#signAt + this.#options.idleMs;
    const ageAt = this.#options.createdAt + this.#options.ageMs;
    const reason = idleAt < ageAt ? 'idle' : 'age';
    return { endsAt: Math.min(idleAt, ageAt), reason, now: Date.now() };
  }

  /** A sign of the learner. Cheap: the timer looks again when it fires. */
  touch(): void {
    this.#signAt = Date.now();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #arm(): void {
    const { endsAt, now } = this.lifetime;
    const delay = Math.min(Math.max(endsAt - now, 0), LONGEST_MS);
    this.#timer = setTimeout(() => this.#handleTimer(), delay);
  }

  #handleTimer(): void {
    const { endsAt, now, reason } = this.lifetime;
    if (endsAt <= now) this.#options.over(reason);
    else this.#arm();
  }
}
