// The ring, by property, against the whole stream kept beside it.
import * as fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Ring } from '../../../server/link/ring.ts';
import { StreamMemory } from '../../../server/link/stream-memory.ts';

const streams = fc.record({
  start: fc.constantFrom(0, 7, 2 ** 40),
  limit: fc.integer({ min: 1, max: 40_000 }),
  chunks: fc.array(fc.uint8Array({ maxLength: 9_000 }), { maxLength: 20 }),
});

describe('ring', () => {
  test('[P10] it holds exactly the last bytes of the stream, up to its limit', () => {
    fc.assert(
      fc.property(streams, ({ start, limit, chunks }) => {
        const ring = new Ring(start, limit);
        let stream = Buffer.alloc(0);
        for (const chunk of chunks) {
          ring.append(chunk);
          stream = Buffer.concat([stream, chunk]);
          const kept = Math.min(limit, stream.length);
          expect(ring.end).toBe(start + stream.length);
          expect(ring.oldest).toBe(ring.end - kept);
          const copy = Buffer.alloc(kept + 3);
          ring.copy(ring.oldest, kept, copy);
          expect(copy.subarray(3).equals(stream.subarray(stream.length - kept))).toBe(true);
        }
      }),
    );
  });
  test('[P10] any part of what it holds can be copied', () => {
    fc.assert(
      fc.property(streams, fc.nat(), fc.nat(), (parts, first, second) => {
        const ring = new Ring(parts.start, parts.limit);
        for (const chunk of parts.chunks) ring.append(chunk);
        const stream = Buffer.concat(parts.chunks);
        const kept = ring.end - ring.oldest;
        const skipped = kept === 0 ? 0 : first % kept;
        const length = kept - skipped === 0 ? 0 : second % (kept - skipped);
        const copy = Buffer.alloc(length);
        ring.copy(ring.oldest + skipped, length, copy);
        const from = stream.length - kept + skipped;
        expect(copy.equals(stream.subarray(from, from + length))).toBe(true);
      }),
    );
  });
  test('[P10] bytes that are gone or not there yet are refused', () => {
    const ring = new Ring(0, 10);
    ring.append(Buffer.alloc(25));
    expect(() => ring.copy(14, 1, Buffer.alloc(1))).toThrow(RangeError);
    expect(() => ring.copy(24, 2, Buffer.alloc(2))).toThrow(RangeError);
  });
  test('[P23] one that the link before could not make larger keeps its bytes where they are', () => {
    const FIRST_BYTES = 8 * 1024;
    const directory = mkdtempSync(join(tmpdir(), 'ring-'));
    const path = join(directory, 'stream');
    const first = StreamMemory.create(path, 0);
    const before = new Ring(0, FIRST_BYTES, first);
    const stream = Buffer.from(Array.from({ length: 32_000 }, (_, at) => at % 251));
    before.append(stream);
    first.close();
    const memory = StreamMemory.recover(path);
    const ring = new Ring(memory.start, 1024 * 1024, memory);
    const more = Buffer.from('what came later');
    ring.append(more);
    expect(ring.holds(0)).toBe(false);
    const kept = Buffer.alloc(ring.end - ring.oldest);
    ring.copy(ring.oldest, kept.length, kept);
    expect(kept.equals(Buffer.concat([stream, more]).subarray(-FIRST_BYTES))).toBe(true);
    memory.close();
    rmSync(directory, { recursive: true });
  });
});
