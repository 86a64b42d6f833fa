// Whether a terminal counts as one whose output ^S has stopped.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { findStopKey, StopKey } from '../../../server/link/stop-key.ts';
import { STOP_ON_ITS_WAY_MS, STOP_QUIET_MS } from '../../../server/protocol/flow-control.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test.each([
  ['ls', undefined],
  ['', undefined],
  ['\u0013', true],
  ['a\u0013b', true],
  ['\u0011', false],
  ['\u0013\u0011', false],
  ['\u0011x\u0013', true],
])('[P33] of what is typed in %j the last of ^S and ^Q counts', (typed, isStop) => {
  expect(findStopKey(Buffer.from(typed))).toBe(isStop);
});

test('[P33] what was on its way when ^S was typed lets nothing go on, and what comes later does', () => {
  const key = new StopKey();
  key.notePrinted();
  expect(key.isStop).toBe(false);
  key.noteTyped(Buffer.from('\u0013'));
  vi.advanceTimersByTime(STOP_QUIET_MS - 1);
  key.notePrinted();
  expect(key.isStop).toBe(true);
  // Not one of the two.
  key.noteTyped(Buffer.from('ls'));
  vi.advanceTimersByTime(STOP_QUIET_MS);
  expect(key.isStop).toBe(true);
  key.notePrinted();
  expect(key.isStop).toBe(false);
});

test('[P33] output that never pauses was not stopped', () => {
  const key = new StopKey();
  key.noteTyped(Buffer.from('\u0013'));
  for (let passed = 0; passed < STOP_ON_ITS_WAY_MS; passed += 100) {
    expect(key.isStop).toBe(true);
    vi.advanceTimersByTime(100);
    key.notePrinted();
  }
  expect(key.isStop).toBe(false);
});
