// When a page believes that its connection is dead.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startPulse } from '../../../app/lab-client/pulse.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function start() {
  const seen: string[] = [];
  let wake = (): void => undefined;
  const pulse = startPulse({
    ask: () => seen.push('asked'),
    dead: () => seen.push('dead'),
    onWake(listener) {
      wake = listener;
      return () => seen.push('unheard');
    },
  });
  return { pulse, seen, wake: () => wake() };
}

it('asks who is silent for long, and gives up when nothing answers', () => {
  const { seen } = start();
  vi.advanceTimersByTime(20_000);
  expect(seen).toEqual(['asked']);
  vi.advanceTimersByTime(10_000);
  expect(seen).toEqual(['asked', 'unheard', 'dead']);
  vi.advanceTimersByTime(60_000);
  expect(seen).toHaveLength(3);
});

it('asks nobody who speaks, and is content with any answer', () => {
  const { pulse, seen } = start();
  for (let beat = 0; beat < 20; beat += 1) {
    vi.advanceTimersByTime(4_000);
    pulse.heard();
  }
  expect(seen).toEqual([]);
  vi.advanceTimersByTime(20_000);
  pulse.heard();
  vi.advanceTimersByTime(10_000);
  expect(seen).toEqual(['asked']);
  pulse.stop();
});

it('asks at once when the page was asleep or the network changed', () => {
  const { seen, wake, pulse } = start();
  wake();
  wake();
  expect(seen).toEqual(['asked']);
  pulse.stop();
  vi.advanceTimersByTime(60_000);
  expect(seen).toEqual(['asked', 'unheard']);
});
