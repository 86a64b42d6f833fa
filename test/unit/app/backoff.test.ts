// How long a page waits before it connects again.
import { expect, it } from 'vitest';
import { backoffMs } from '../../../app/lab-client/backoff.ts';

it('doubles from a quarter of a second to eight seconds', () => {
  const waits = [0, 1, 2, 3, 4, 5, 6, 50].map((attempt) => backoffMs(attempt, 0));
  expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000]);
});

it('spreads the return of many pages over a quarter of the time', () => {
  expect(backoffMs(5, 0.999)).toBeGreaterThanOrEqual(6_000);
  expect(backoffMs(5, 0.5)).toBe(7_000);
});
