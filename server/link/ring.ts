// The last bytes of a terminal's output, addressed by their absolute offset in the stream. Knows no terminal
// and no socket. Grows by doubling, so that a quiet terminal costs little; lies in a memory that outlives link
// where one is given.
import { RING_BYTES, TURN_BYTES } from '../protocol/flow-control.ts';
import { FIRST_RING_BYTES } from './stream-layout.ts';
import type { StreamMemory } from './stream-memory.ts';

export class Ring {
  /** Offset of the first byte that was ever in it. */
  readonly start: number;
  readonly #memory: StreamMemory | undefined;
  /** Bytes before it may have been written over by a link that was killed before it could say so. */
  readonly #whole: number;
  #limit: number;
  #bytes: Buffer;
  #end: number;

  /**
   * `start` is the offset of the first byte that will be appended; `limit` the most bytes that are kept. With a
   * `memory` it goes on with what is there.
   */
  constructor(start = 0, limit = RING_BYTES, memory?: StreamMemory) {
    this.start = start;
    this.#limit = limit;
    this.#memory = memory;
    this.#end = memory?.end ?? start;
    this.#bytes = memory?.bytes ?? Buffer.allocUnsafeSlow(Math.min(FIRST_RING_BYTES, limit));
    // The link before could not make it larger, and its bytes have gone round: they have their places for good.
    if (this.#end - start > this.#bytes.length) this.#limit = this.#bytes.length;
    const isTorn = memory?.wasTorn === true && this.#end - this.#bytes.length > start;
    this.#whole = isTorn ? Math.min(this.#end, this.#end - this.#bytes.length + TURN_BYTES) : start;
  }

  /** Offset of the oldest byte that is still here. */
  get oldest(): number {
    return Math.max(this.#whole, this.#end - this.#bytes.length);
  }

  /** Offset after the newest byte. */
  get end(): number {
    return this.#end;
  }

  /** Bytes that it has room for; it grows to its limit before it forgets. */
  get capacity(): number {
    return this.#bytes.length;
  }

  /** Whether all bytes from `offset` on are here. */
  holds(offset: number): boolean {
    return offset >= this.oldest && offset <= this.#end;
  }

  append(chunk: Uint8Array): void {
    this.#makeRoom(chunk.length);
    const capacity = this.#bytes.length;
    const kept = chunk.length > capacity ? chunk.subarray(chunk.length - capacity) : chunk;
    const at = (this.#end + chunk.length - kept.length - this.start) % capacity;
    const first = Math.min(kept.length, capacity - at);
    // A view for each would be garbage for each key.
    if (first === kept.length) this.#bytes.set(kept, at);
    else {
      this.#bytes.set(kept.subarray(0, first), at);
      this.#bytes.set(kept.subarray(first), 0);
    }
    this.#end += chunk.length;
    this.#memory?.noteEnd(this.#end);
  }

  /**
   * Copies `length` bytes from `offset` on to the end of `target`. Throws RangeError when the ring does not
   * hold them all.
   */
  copy(offset: number, length: number, target: Uint8Array): void {
    if (offset < this.oldest || length < 0 || offset + length > this.#end) {
      throw new RangeError(`bytes ${offset} to ${offset + length} are not in the ring`);
    }
    const at = (offset - this.start) % this.#bytes.length;
    const first = Math.min(length, this.#bytes.length - at);
    const into = target.length - length;
    this.#bytes.copy(target, into, at, at + first);
    if (first < length) this.#bytes.copy(target, into + first, 0, length - first);
  }

  /** Nothing has wrapped around while the ring is below its limit, so the old bytes keep their places. */
  #makeRoom(length: number): void {
    const used = this.#end - this.start;
    let capacity = this.#bytes.length;
    if (capacity === this.#limit || used + length <= capacity) return;
    while (capacity < used + length && capacity < this.#limit) capacity *= 2;
    capacity = Math.min(capacity, this.#limit);
    if (this.#memory !== undefined) this.#growWithin(this.#memory, capacity);
    else {
      const grown = Buffer.allocUnsafeSlow(capacity);
      grown.set(this.#bytes.subarray(0, used));
      this.#bytes = grown;
    }
  }

  #growWithin(memory: StreamMemory, capacity: number): void {
    try {
      this.#bytes = memory.grow(capacity);
    } catch {
      // The disk is full: a smaller ring will do, and forgets sooner.
      this.#limit = this.#bytes.length;
    }
  }
}
