// The memory in which the kernel lays records of perf events: a page that says how far was written and read (struct
// perf_event_mmap_page, linux/perf_event.h), and a ring. Knows no event and makes no system call.

const HEAD_OFFSET = 1024;
const DATA_OFFSET = 1040;
const DATA_SIZE = 1048;
/** struct perf_event_header: type (u32), misc (u16), size (u16). */
const HEADER_BYTES = 8;

export class RingMemory {
  /** data_head, which the kernel writes, and data_tail, which we write: whole words, in order (perf_event_open(2)). */
  readonly #positions: BigUint64Array;
  readonly #data: Buffer;
  /** data_tail, as only we write it. */
  #tail: bigint;

  /** `bytes`: all that is mapped, at an address that 8 divides. Throws where the ring is not within it. */
  constructor(bytes: Buffer) {
    this.#positions = new BigUint64Array(bytes.buffer, bytes.byteOffset + HEAD_OFFSET, 2);
    const [offset, size] = [DATA_OFFSET, DATA_SIZE].map((at) => Number(bytes.readBigUInt64LE(at)));
    if (offset === undefined || !size || offset + size > bytes.length) {
      throw new Error(`a ring of ${size} bytes at ${offset} is not within ${bytes.length}`);
    }
    this.#data = bytes.subarray(offset, offset + size);
    this.#tail = Atomics.load(this.#positions, 1);
  }

  /**
   * Hands over each record that has come since the last call, with its header, oldest first; what is handed over may
   * change after the call. One look at the memory where none has come.
   */
  take(handle: (record: Buffer) => void): void {
    const head = Atomics.load(this.#positions, 0);
    if (head === this.#tail) return;
    while (this.#tail < head) {
      const size = this.#read(this.#tail, HEADER_BYTES).readUInt16LE(6);
      // None is shorter than its header or ends after the last: better to skip all than to stay here.
      if (size < HEADER_BYTES || this.#tail + BigInt(size) > head) break;
      handle(this.#read(this.#tail, size));
      this.#tail += BigInt(size);
    }
    this.#tail = head;
    // After the reading: from then on the kernel writes there.
    Atomics.store(this.#positions, 1, head);
  }

  /** `size` bytes from a place that only ever grows. */
  #read(place: bigint, size: number): Buffer {
    const at = Number(place % BigInt(this.#data.length));
    const first = this.#data.subarray(at, at + size);
    if (first.length === size) return first;
    return Buffer.concat([first, this.#data.subarray(0, size - first.length)]);
  }
}
