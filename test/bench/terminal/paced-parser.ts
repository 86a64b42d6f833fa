// A client's parser with a rate, as xterm.js has one: bytes wait until there is time for them. Knows no
// socket.

/** Milliseconds between two helpings. */
const HELPING_MS = 2;

export class PacedParser {
  readonly #rate: number | undefined;
  readonly #parsed: (data: Uint8Array) => void;
  #queue: Uint8Array[] = [];
  #helping: NodeJS.Timeout | undefined;
  #helpedAt = 0;

  /** `rate` in bytes a second; undefined: at once. */
  constructor(rate: number | undefined, parsed: (data: Uint8Array) => void) {
    this.#rate = rate;
    this.#parsed = parsed;
  }

  add(data: Uint8Array): void {
    if (this.#rate === undefined) {
      this.#parsed(data);
      return;
    }
    this.#queue.push(data);
    this.#goOn(this.#rate);
  }

  stop(): void {
    clearTimeout(this.#helping);
    this.#queue = [];
  }

  #goOn(rate: number): void {
    if (this.#helping !== undefined || this.#queue.length === 0) return;
    this.#helpedAt = performance.now();
    this.#helping = setTimeout(() => this.#help(rate), HELPING_MS);
  }

  #help(rate: number): void {
    this.#helping = undefined;
    let budget = Math.floor(((performance.now() - this.#helpedAt) / 1000) * rate);
    let taken = 0;
    for (const chunk of this.#queue) {
      const helping = chunk.subarray(0, budget);
      budget -= helping.length;
      this.#parsed(helping);
      if (helping.length < chunk.length) {
        this.#queue[taken] = chunk.subarray(helping.length);
        break;
      }
      taken += 1;
    }
    this.#queue.splice(0, taken);
    this.#goOn(rate);
  }
}
