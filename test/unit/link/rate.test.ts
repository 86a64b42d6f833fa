// The token bucket.
import { expect, test } from 'vitest';
import { Rate } from '../../../server/link/rate.ts';
import { waitUntil } from '../../support/link-shell.ts';

test('[P22] so many at once, then no more until time has passed', async () => {
  const rate = new Rate(200, 5);
  expect(Array.from({ length: 6 }, () => rate.take())).toEqual([
    true,
    true,
    true,
    true,
    true,
    false,
  ]);
  await waitUntil(() => rate.take());
});
