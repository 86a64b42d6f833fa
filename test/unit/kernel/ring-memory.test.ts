// Records in memory laid out as by the kernel, with pages of any size; over the ring's edge too.
import { expect, test } from 'vitest';
import { RingMemory } from '../../../server/kernel/ring-memory.ts';

const RING = 256;

/** The kernel's side: writes records, and says how far it wrote. */
class Kernel {
  readonly bytes: Buffer;
  readonly #offset: number;

  constructor(pageBytes: number, start = 0) {
    this.bytes = Buffer.alloc(pageBytes + RING);
    this.#offset = pageBytes;
    this.bytes.writeBigUInt64LE(BigInt(pageBytes), 1040);
    this.bytes.writeBigUInt64LE(BigInt(RING), 1048);
    this.head = BigInt(start);
    this.bytes.writeBigUInt64LE(BigInt(start), 1032);
  }

  get head(): bigint {
    return this.bytes.readBigUInt64LE(1024);
  }

  set head(place: bigint) {
    this.bytes.writeBigUInt64LE(place, 1024);
  }

  get tail(): bigint {
    return this.bytes.readBigUInt64LE(1032);
  }

  /** A record whose header says `size`, and the text after it. */
  write(text: string, size = 8 + text.length): Buffer {
    const record = Buffer.alloc(8 + text.length);
    record.writeUInt32LE(9, 0);
    record.writeUInt16LE(size, 6);
    record.write(text, 8);
    for (const [index, byte] of record.entries()) {
      this.bytes[this.#offset + ((Number(this.head) + index) % RING)] = byte;
    }
    this.head += BigInt(record.length);
    return record;
  }
}

function take(memory: RingMemory): string[] {
  const texts: string[] = [];
  memory.take((record) => texts.push(record.toString('latin1', 8)));
  return texts;
}

test.each([4096, 16_384, 65_536])('records after a page of %d bytes, each once', (pageBytes) => {
  const kernel = new Kernel(pageBytes);
  const memory = new RingMemory(kernel.bytes);
  expect(take(memory)).toEqual([]);
  kernel.write('one of them');
  kernel.write('another');
  expect(take(memory)).toEqual(['one of them', 'another']);
  expect(kernel.tail).toBe(kernel.head);
  expect(take(memory)).toEqual([]);
  kernel.write('late');
  expect(take(memory)).toEqual(['late']);
});

// At 0 the edge lies between two records, at 4 within a header, at 100 within the text.
test.each([0, 4, 8, 100])('a record that has %d bytes before the edge of the ring', (before) => {
  const kernel = new Kernel(4096, 7 * RING - before);
  const memory = new RingMemory(kernel.bytes);
  const text = 'x'.repeat(60) + 'y'.repeat(60);
  kernel.write(text);
  kernel.write('after it');
  expect(take(memory)).toEqual([text, 'after it']);
});

test('the kernel is told only after the reading that it may write there again', () => {
  const kernel = new Kernel(4096);
  const memory = new RingMemory(kernel.bytes);
  kernel.write('first');
  kernel.write('second');
  const tails: bigint[] = [];
  memory.take(() => tails.push(kernel.tail));
  expect(tails).toEqual([0n, 0n]);
  expect(kernel.tail).toBe(kernel.head);
});

test.each([0, 7, 300])('a record that says it has %d bytes ends the reading', (size) => {
  const kernel = new Kernel(4096);
  const memory = new RingMemory(kernel.bytes);
  kernel.write('good');
  kernel.write('wrong', size);
  expect(take(memory)).toEqual(['good']);
  kernel.write('good again');
  expect(take(memory)).toEqual(['good again']);
});

test('a ring that is not within what is mapped is refused', () => {
  const { bytes } = new Kernel(4096);
  expect(() => new RingMemory(bytes.subarray(0, 4096))).toThrow('not within 4096');
  expect(() => new RingMemory(Buffer.alloc(8192))).toThrow('a ring of 0 bytes');
});
