// A lab that no page shows uses no processor: after some time its processes are frozen where they are, and go
// on as soon as somebody looks. Knows no page.
import { messageOf } from '../foundation/errors.ts';
import type { Log } from '../foundation/log.ts';

export type LabSleepOptions = {
  /** Milliseconds without a page; 0 for never. */
  afterMs: number;
  /** Whether it is frozen now, as keeper says. */
  frozen: boolean;
  freeze: (frozen: boolean) => Promise<void>;
  log: Log;
};

export class LabSleep {
  readonly #options: LabSleepOptions;
  #isFrozen: boolean;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** Nobody is there yet. */
  constructor(options: LabSleepOptions) {
    this.#options = options;
    this.#isFrozen = options.frozen;
    this.begin();
  }

  /** What keeper says, after it was away. */
  learn(frozen: boolean): void {
    this.#isFrozen = frozen;
  }

  /** The last page has left. */
  begin(): void {
    clearTimeout(this.#timer);
    if (this.#options.afterMs === 0 || this.#isFrozen || this.#isClosed) return;
    this.#timer = setTimeout(() => void this.#set(true), this.#options.afterMs);
  }

  /** A page is there. What it sends meanwhile waits in the kernel for the lab to go on. */
  wake(): void {
    clearTimeout(this.#timer);
    if (this.#isFrozen) void this.#set(false);
  }

  /** For good: pages that leave a lab that is gone must not have the next one of its name frozen. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  async #set(frozen: boolean): Promise<void> {
    this.#isFrozen = frozen;
    try {
      await this.#options.freeze(frozen);
    } catch (cause) {
      this.#options.log.warn(
        { reason: messageOf(cause), frozen },
        'a lab was not frozen or thawed',
      );
      // keeper was away, and a lab that nobody comes to would never be frozen. One that somebody came to meanwhile is
      // awake, and what keeper says when it is back counts for both.
      if (!frozen || !this.#isFrozen) return;
      this.#isFrozen = false;
      this.begin();
    }
  }
}
