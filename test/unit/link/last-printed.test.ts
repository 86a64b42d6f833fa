// What a terminal printed since a line was last typed into it.
import { expect, test } from 'vitest';
import { LastPrinted } from '../../../server/link/last-printed.ts';
import { Ring } from '../../../server/link/ring.ts';

const bytes = (text: string) => Buffer.from(text);

test('it begins after the line that echoes what was typed, and holds no control sequence', () => {
  const ring = new Ring();
  const printed = new LastPrinted(ring);
  ring.append(bytes('$ fal'));
  printed.noteTyped(bytes('fal'));
  expect(printed.text).toBe('$ fal');
  ring.append(bytes('se'));
  printed.noteTyped(bytes('se\r'));
  ring.append(bytes('\r\n\x1b[1;31merror\x1b[0m: \x1b]0;title\x07é\r\n$ '));
  expect(printed.text).toBe('error: é\r\n$ ');
  printed.noteTyped(bytes('true\r'));
  ring.append(bytes('true\r\n$ '));
  expect(printed.text).toBe('$ ');
});

test('of much it is the end, and what the ring has forgotten is left out', () => {
  const ring = new Ring(0, 8 * 1024);
  const printed = new LastPrinted(ring);
  printed.noteTyped(bytes('seq\r'));
  ring.append(bytes(`${'x'.repeat(20_000)}\nend`));
  expect(printed.text).toMatch(/^x{2044}\nend$/);
});
