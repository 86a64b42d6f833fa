// The longest line among what was typed lately, against all that was typed.
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
