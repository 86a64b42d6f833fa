// What is found of a recording that a killed link left, in the very file that its stream lies in.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findLeftRecording } from '../../../server/link/left-recording.ts';
import { EventLines } from '../../../server/link/recording/cast.ts';
import { Ring } from '../../../server/link/ring.ts';
import { StreamMemory } from '../../../server/link/stream-memory.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'left-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

function textOf(line: string): string {
  return line === '' ? '' : String((JSON.parse(line) as unknown[])[2]);
}

test('[P28] cut anywhere, text before and after a kill joins to what was printed', () => {
  const printed = Buffer.from('plain é 漢字 👩‍🚀 "«»" ' + 'x'.repeat(40));
  fc.assert(
    fc.property(fc.nat({ max: printed.length }), fc.nat({ max: printed.length }), (one, other) => {
      const [recorded, end] = [Math.min(one, other), Math.max(one, other)];
      const path = join(dir, 'stream');
      const memory = StreamMemory.create(path, 7);
      const ring = new Ring(7, undefined, memory);
      ring.append(printed.subarray(0, recorded));
      const before = textOf(new EventLines().output(0, printed.subarray(0, recorded)));
      memory.noteRecorded({ offset: ring.end, bytes: 99 });
      ring.append(printed.subarray(recorded, end));
      // Not closed: as by a kill.
      const found = StreamMemory.recover(path);
      const left = findLeftRecording(found, new Ring(found.start, undefined, found));
      expect(left).toMatchObject({ bytes: 99, isTorn: true });
      const events = new EventLines();
      expect(events.output(0, left?.cut ?? printed)).toBe('');
      const missed = textOf(events.output(0, left?.output ?? printed));
      const after = textOf(events.output(0, printed.subarray(end)));
      expect(before + missed + after).toBe(printed.toString());
      found.close();
    }),
    { numRuns: 200 },
  );
});

test('[P27] a mark is the last one, and gone when nothing is recorded any more', () => {
  const path = join(dir, 'stream');
  const memory = StreamMemory.create(path, 0);
  expect(memory.recorded).toBeUndefined();
  memory.noteRecorded({ offset: 0, bytes: 10 });
  memory.noteRecorded({ offset: 5, bytes: 20 });
  expect(memory.recorded).toEqual({ offset: 5, bytes: 20 });
  memory.noteRecorded({ offset: 6, bytes: 21 });
  expect(StreamMemory.recover(path).recorded).toEqual({ offset: 6, bytes: 21 });
  memory.noteRecorded(undefined);
  expect(memory.recorded).toBeUndefined();
  memory.close();
});

test('[P27] none is found that the ring does not reach back to', () => {
  const memory = StreamMemory.create(join(dir, 'stream'), 0);
  const ring = new Ring(0, 8 * 1024, memory);
  memory.noteRecorded({ offset: 0, bytes: 10 });
  ring.append(Buffer.alloc(10_000));
  expect(findLeftRecording(memory, ring)).toBeUndefined();
  memory.close();
});
