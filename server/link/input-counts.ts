// How many bytes each client has typed into one terminal, and how many of them were written to it. Knows no
// queue. Kept in the terminal's memory where there is one, so that the next link goes on counting.
import { CLIENTS_PER_TERMINAL } from './limits.ts';
import type { StreamMemory } from './stream-memory.ts';

export type Count = {
  readonly client: string;
  taken: number;
  written: number;
  /** A link that was killed may have written from here on, or not; until the client is known to have been told. */
  uncertainFrom: number | undefined;
  readonly slot: number | undefined;
};

export class InputCounts {
  readonly #memory: StreamMemory | undefined;
  /** Whether a client that is not known may have typed before. */
  #hasForgotten: boolean;
  readonly #counts = new Map<string, Count>();

  /** `hasForgotten`: a link before this one counted too, and nothing is left of it. */
  constructor(memory?: StreamMemory, hasForgotten = false) {
    this.#memory = memory;
    this.#hasForgotten = hasForgotten;
    for (const [slot, { client, written, begun }] of memory?.marks() ?? []) {
      // Different when link was killed within the write itself: typed twice would be worse than not at all.
      const uncertainFrom = begun === written ? undefined : written;
      this.#counts.set(client, { client, taken: begun, written: begun, uncertainFrom, slot });
    }
  }

  find(client: string): Count | undefined {
    return this.#counts.get(client);
  }

  /** From where on nobody knows what of a client's input was written; undefined when it is known. */
  uncertainFrom(client: string): number | undefined {
    const count = this.#counts.get(client);
    if (count !== undefined) return count.uncertainFrom;
    return this.#hasForgotten ? 0 : undefined;
  }

  /** The count of a client, made when there is none. */
  of(client: string): Count {
    const known = this.#counts.get(client);
    if (known !== undefined) return known;
    if (this.#counts.size >= CLIENTS_PER_TERMINAL) this.#forgetOldest();
    const slot = this.#freeSlot();
    const count = { client, taken: 0, written: 0, uncertainFrom: undefined, slot };
    this.#counts.set(client, count);
    if (count.slot !== undefined) this.#memory?.nameSlot(count.slot, client);
    return count;
  }

  /** Up to `offset` will be written now. */
  begin(count: Count, offset: number): void {
    if (count.slot !== undefined) this.#memory?.noteBegun(count.slot, offset);
  }

  wrote(count: Count, length: number): void {
    count.written += length;
    if (count.slot !== undefined) this.#memory?.noteWritten(count.slot, count.written);
  }

  /** Not one whose input waits. */
  #forgetOldest(): void {
    for (const { client, taken, written } of this.#counts.values()) {
      if (written < taken) continue;
      this.#counts.delete(client);
      this.#hasForgotten = true;
      return;
    }
  }

  /** None when there are more clients than slots: all of them have input that waits. */
  #freeSlot(): number | undefined {
    const used = new Set([...this.#counts.values()].map(({ slot }) => slot));
    for (let slot = 0; slot < CLIENTS_PER_TERMINAL; slot += 1) if (!used.has(slot)) return slot;
    return undefined;
  }
}
