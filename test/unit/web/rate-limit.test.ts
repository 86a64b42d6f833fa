// How many requests an address gets.
import { expect, it } from 'vitest';
import { RateLimit } from '../../../server/web/http/rate-limit.ts';

function clocked(burst: number, perSecond: number) {
  let ms = 0;
  const limit = new RateLimit({ burst, perSecond, now: () => ms });
  return { limit, pass: (more: number) => (ms += more) };
}

it('lets a burst in, then says how many seconds to wait', () => {
  const { limit } = clocked(3, 0.5);
  expect([1, 2, 3].map(() => limit.take('a'))).toEqual([0, 0, 0]);
  expect(limit.take('a')).toBe(2);
});

it('lets one in again after that wait, and no second', () => {
  const { limit, pass } = clocked(1, 0.5);
  limit.take('a');
  pass(2_000);
  expect(limit.take('a')).toBe(0);
  expect(limit.take('a')).toBeGreaterThan(0);
});

it('never saves up more than the burst', () => {
  const { limit, pass } = clocked(2, 1);
  pass(3_600_000);
  expect([1, 2, 3].map(() => limit.take('a') > 0)).toEqual([false, false, true]);
});

it('counts each address by itself', () => {
  const { limit } = clocked(1, 1);
  limit.take('a');
  expect(limit.take('b')).toBe(0);
});

it('forgets the address that was seen longest ago when there are too many', () => {
  const { limit } = clocked(1, 1);
  limit.take('first');
  for (let number = 0; number < 20_000; number += 1) limit.take(String(number));
  expect(limit.take('first')).toBe(0);
  expect(limit.take('19999')).toBeGreaterThan(0);
});
