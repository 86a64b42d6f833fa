// What the kernel may hold of what was typed: the longest line among what was typed lately, and whether it is full.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { TypedLines } from '../../../server/link/typed-lines.ts';

const WINDOW = 32 * 1024;

test('[P14] no line of the last window is longer than what is told, whatever the pieces', () => {
  const piece = fc.record({ fill: fc.nat({ max: 9_000 }), end: fc.constantFrom('', '\n', '\r') });
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      const lines = new TypedLines();
      let all = '';
      for (const { fill, end } of pieces) {
        const typed = 'x'.repeat(fill) + end;
        lines.note(Buffer.from(typed));
        all += typed;
      }
      const longest = Math.max(
        ...all
          .slice(-WINDOW)
          .split(/[\r\n]/)
          .map((line) => line.length),
      );
      expect(lines.longest).toBeGreaterThanOrEqual(longest);
    }),
  );
});

test('[P14] a long line is forgotten once much was typed after it', () => {
  const lines = new TypedLines();
  lines.note(Buffer.from('x'.repeat(5_000)));
  expect(lines.longest).toBe(5_000);
  for (let line = 0; line < 2_000; line += 1) lines.note(Buffer.from(`${'y'.repeat(40)}\n`));
  expect(lines.longest).toBe(40);
});

const keys = (count: number) => Buffer.from('j'.repeat(count));
const line = Buffer.from('ls\n');

test('[P14] keys that a program has read are no line that the kernel holds', () => {
  const lines = new TypedLines();
  lines.note(keys(6_000));
  // Nothing is known: the kernel may hold a line as long as that behind one that has ended.
  lines.note(line);
  expect(lines.isFull({ isByLines: true, readable: line.length })).toBe(true);
  lines.note(keys(6_000));
  lines.learn({ isByLines: false, readable: 0 });
  lines.note(line);
  expect(lines.isFull({ isByLines: true, readable: line.length })).toBe(false);
});

test('[P14] a line that is not read is held, whatever was read before it', () => {
  const lines = new TypedLines();
  lines.note(keys(6_000));
  lines.learn({ isByLines: false, readable: 0 });
  lines.note(line);
  lines.note(keys(6_000));
  expect(lines.isFull({ isByLines: true, readable: line.length })).toBe(true);
  // A program waits for its end: that it can read nothing tells that it has read what came before.
  lines.learn({ isByLines: true, readable: 0 });
  lines.note(line);
  expect(lines.isFull({ isByLines: true, readable: 4_095 })).toBe(true);
});

test('[P14] no more is held than was typed since all was read', () => {
  const lines = new TypedLines();
  lines.learn({ isByLines: true, readable: 0 });
  lines.note(keys(3_000));
  lines.note(line);
  expect(lines.isFull({ isByLines: true, readable: 3_003 })).toBe(false);
  lines.note(keys(1_092));
  expect(lines.isFull({ isByLines: true, readable: 3_003 })).toBe(true);
});

test('[P14] by keys the kernel tells all that it holds', () => {
  const lines = new TypedLines();
  lines.note(keys(6_000));
  expect(lines.isFull({ isByLines: false, readable: 4_094 })).toBe(false);
  expect(lines.isFull({ isByLines: false, readable: 4_095 })).toBe(true);
  // It holds more before its line discipline, unseen.
  lines.learn({ isByLines: false, readable: 4_095 });
  lines.note(line);
  expect(lines.isFull({ isByLines: true, readable: line.length })).toBe(true);
});

test('[P14] the kernel is asked again once some thousand bytes may be unread', () => {
  const lines = new TypedLines();
  expect(lines.isDue(1)).toBe(true);
  lines.learn({ isByLines: false, readable: 0 });
  expect([lines.isDue(1), lines.isDue(1_024)]).toEqual([false, true]);
  lines.note(keys(1_100));
  expect(lines.isDue(1)).toBe(true);
});
