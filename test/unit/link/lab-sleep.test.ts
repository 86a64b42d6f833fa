import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLog } from '../../../server/foundation/log.ts';
import { LabSleep } from '../../../server/link/lab-sleep.ts';

const AFTER_MS = 1_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A lab that nobody looks at, and what keeper was asked; it refuses as often as said. */
function sleepWith(refusals: number) {
  const asked: boolean[] = [];
  const sleep = new LabSleep({
    afterMs: AFTER_MS,
    frozen: false,
    freeze: async (frozen) => {
      asked.push(frozen);
      if (asked.length <= refusals) throw new Error('keeper is away');
    },
    log: createLog('link', 'silent'),
  });
  return { sleep, asked };
}

test('[L18] a lab that could not be frozen while keeper was away is frozen later', async () => {
  const { asked } = sleepWith(1);
  await vi.advanceTimersByTimeAsync(AFTER_MS);
  expect(asked).toEqual([true]);
  await vi.advanceTimersByTimeAsync(AFTER_MS);
  expect(asked).toEqual([true, true]);
  await vi.advanceTimersByTimeAsync(5 * AFTER_MS);
  expect(asked).toEqual([true, true]);
});

test('[L18] that it could not be frozen freezes no lab that somebody came to meanwhile', async () => {
  const { sleep, asked } = sleepWith(2);
  vi.advanceTimersByTime(AFTER_MS);
  sleep.wake();
  await vi.advanceTimersByTimeAsync(5 * AFTER_MS);
  expect(asked).toEqual([true, false]);
});
