// A token bucket: so many things a second in the long run, so many at once. Knows no clock but the process's.

export class Rate {
  readonly #perSecond: number;
  readonly #atOnce: number;
  #tokens: number;
  #at = performance.now();

  constructor(perSecond: number, atOnce: number) {
    this.#perSecond = perSecond;
    this.#atOnce = atOnce;
    this.#tokens = atOnce;
  }

  /** Takes one token; false when there is none. */
  take(): boolean {
    if (this.#tokens < 1) this.#refill();
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  #refill(): void {
    const now = performance.now();
    const earned = ((now - this.#at) / 1000) * this.#perSecond;
    this.#tokens = Math.min(this.#atOnce, this.#tokens + earned);
    this.#at = now;
  }
}
