// The guess at a terminal's size before it is drawn.
import { expect, it } from 'vitest';
import { guessSize } from '../../../app/lab-client/pane-size.ts';
import { terminalSizeSchema } from '../../../server/protocol/ids.ts';

it('guesses half of a wide page and all of a narrow one', () => {
  expect(guessSize({ innerWidth: 1440, innerHeight: 900 })).toEqual({ cols: 85, rows: 33 });
  expect(guessSize({ innerWidth: 390, innerHeight: 844 })).toEqual({ cols: 45, rows: 31 });
});

it('guesses what link accepts, however odd the window', () => {
  for (const [innerWidth, innerHeight] of [
    [0, 0],
    [100_000, 100_000],
  ] as const) {
    expect(terminalSizeSchema.safeParse(guessSize({ innerWidth, innerHeight })).success).toBe(true);
  }
});
