// What the terminals of one lab may print together.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Allowance } from '../../../server/link/allowance.ts';
import {
  TERMINALS_AT_ONCE_S,
  TERMINALS_PAUSE_MS,
  TERMINAL_FREE_BYTES,
} from '../../../server/link/limits.ts';
import { SharedReading } from '../../../server/link/reading.ts';

const RATE = 1_000_000;
const AT_ONCE = RATE * TERMINALS_AT_ONCE_S;

function joined(allowance: Allowance) {
  const terminal = { isRead: true };
  const reading = new SharedReading({
    pause: () => (terminal.isRead = false),
    resume: () => (terminal.isRead = true),
  });
  return { terminal, reading, spender: allowance.join(reading.share()) };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('[L16] the allowance of a lab', () => {
  test('[L16] gives what may be printed at once, then waits until what is owed is earned', () => {
    const { terminal, spender } = joined(new Allowance(RATE));
    spender.spend(AT_ONCE);
    expect(terminal.isRead).toBe(true);
    spender.spend(RATE / 10);
    expect(terminal.isRead).toBe(false);
    vi.advanceTimersByTime(99);
    expect(terminal.isRead).toBe(false);
    vi.advanceTimersByTime(2);
    expect(terminal.isRead).toBe(true);
  });

  test('[L16] lets a flood have its rate in the long run and no more', () => {
    const { terminal, spender } = joined(new Allowance(RATE));
    const seconds = 10;
    let printed = 0;
    for (let ms = 0; ms < seconds * 1000; ms += 1) {
      // As fast as a PTY can: 4 KiB at a time.
      for (let piece = 0; terminal.isRead && piece < 100; piece += 1) {
        spender.spend(4096);
        printed += 4096;
      }
      vi.advanceTimersByTime(1);
    }
    expect(printed).toBeLessThanOrEqual(AT_ONCE + seconds * RATE + TERMINAL_FREE_BYTES + 4096);
    expect(printed).toBeGreaterThan(AT_ONCE + seconds * RATE * 0.95);
  });

  test('[L16] is shared by its terminals, and one that prints little beside a flooded one does not wait', () => {
    const allowance = new Allowance(RATE);
    const [flooded, quiet] = [joined(allowance), joined(allowance)];
    flooded.spender.spend(AT_ONCE + RATE);
    expect([flooded.terminal.isRead, quiet.terminal.isRead]).toEqual([false, true]);
    quiet.spender.spend(TERMINAL_FREE_BYTES);
    expect(quiet.terminal.isRead).toBe(true);
    quiet.spender.spend(1);
    expect(quiet.terminal.isRead).toBe(false);
    vi.advanceTimersByTime(1010 + TERMINALS_PAUSE_MS);
    expect([flooded.terminal.isRead, quiet.terminal.isRead]).toEqual([true, true]);
    // What was free is so again once nothing is owed.
    flooded.spender.spend(RATE);
    quiet.spender.spend(TERMINAL_FREE_BYTES);
    expect([flooded.terminal.isRead, quiet.terminal.isRead]).toEqual([false, true]);
  });

  test('[L16] holds up no end of a shell, and counts what that brings', () => {
    const allowance = new Allowance(RATE);
    const [ending, other] = [joined(allowance), joined(allowance)];
    ending.spender.spend(AT_ONCE + RATE / 100);
    expect(ending.terminal.isRead).toBe(false);
    ending.spender.release();
    expect(ending.terminal.isRead).toBe(true);
    ending.spender.spend(RATE);
    expect(ending.terminal.isRead).toBe(true);
    other.spender.spend(TERMINAL_FREE_BYTES + 1);
    vi.advanceTimersByTime(900);
    expect(other.terminal.isRead).toBe(false);
    expect(vi.getTimerCount()).toBe(1);
    other.spender.release();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('[L16] a reading that others hold too goes on when the last lets go', () => {
    const { terminal, reading, spender } = joined(new Allowance(RATE));
    const pace = reading.share();
    pace.pause();
    pace.pause();
    spender.spend(AT_ONCE + RATE / 100);
    vi.advanceTimersByTime(100);
    expect(terminal.isRead).toBe(false);
    pace.resume();
    expect(terminal.isRead).toBe(true);
    pace.resume();
    expect(terminal.isRead).toBe(true);
  });
});
