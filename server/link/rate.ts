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

  /** Takes so many, whatever is there; what is missing is owed. Returns the milliseconds after which nothing is. */
  spend(tokens: number): number {
    this.#refill();
    this.#tokens -= tokens;
    return Math.max(0, (-this.#tokens / this.#perSecond) * 1000);
  }

  #refill(): void {
    const now = performance.now();
    const earned = ((now - this.#at) / 1000) * this.#perSecond;
    this.#tokens = Math.min(this.#atOnce, this.#tokens + earned);
    this.#at = now;
  }
}
