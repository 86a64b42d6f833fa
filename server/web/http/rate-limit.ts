// A token bucket per address: a burst, then a steady rate. Knows no request.

/** Addresses remembered at once (about 200 bytes each); the least recently seen is forgotten first. */
const MAX_ADDRESSES = 20_000;

export type RateLimitOptions = {
  /** Requests let in at once. */
  burst: number;
  /** Requests a second after that. */
  perSecond: number;
  /** Milliseconds; replaced in tests. */
  now?: () => number;
};

export class RateLimit {
  readonly #options: Required<RateLimitOptions>;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor(options: RateLimitOptions) {
    this.#options = { now: () => performance.now(), ...options };
  }

  /** Takes one token. 0 when there was one, else whole seconds until there is. */
  take(address: string): number {
    const { burst, perSecond, now } = this.#options;
    const at = now();
    const last = this.#buckets.get(address);
    const refilled = last === undefined ? burst : last.tokens + ((at - last.at) / 1000) * perSecond;
    const tokens = Math.min(burst, refilled);
    const isLetIn = tokens >= 1;
    this.#remember(address, { tokens: isLetIn ? tokens - 1 : tokens, at });
    return isLetIn ? 0 : Math.ceil((1 - tokens) / perSecond);
  }

  #remember(address: string, bucket: { tokens: number; at: number }): void {
    this.#buckets.delete(address);
    this.#buckets.set(address, bucket);
    if (this.#buckets.size <= MAX_ADDRESSES) return;
    const oldest = this.#buckets.keys().next();
    if (oldest.done !== true) this.#buckets.delete(oldest.value);
  }
}
