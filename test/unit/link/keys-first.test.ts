// A key goes before the floods of its lab, for a moment.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { KeysFirst } from '../../../server/link/keys-first.ts';
import {
  FLOOD_CHUNK_BYTES,
  FLOOD_STEP_BYTES,
  FLOOD_STEP_MS,
  FLOOD_WITHIN_MS,
  KEY_REST_MS,
  KEY_WAIT_MS,
  TYPES_FOR_MS,
} from '../../../server/link/limits.ts';
import { SharedReading } from '../../../server/link/reading.ts';

function joined(keysFirst: KeysFirst) {
  const terminal = { isRead: true };
  const reading = new SharedReading({
    pause: () => (terminal.isRead = false),
    resume: () => (terminal.isRead = true),
  });
  return { terminal, part: keysFirst.join(reading) };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('[P12] keys first', () => {
  test('[P12] a flood waits for the echo of a key in another terminal, and goes on with it', () => {
    const keysFirst = new KeysFirst();
    const [shell, flooded] = [joined(keysFirst), joined(keysFirst)];
    flooded.part.printed(FLOOD_CHUNK_BYTES);
    shell.part.typed();
    expect([shell.terminal.isRead, flooded.terminal.isRead]).toEqual([true, false]);
    shell.part.printed(1);
    expect(flooded.terminal.isRead).toBe(true);
  });

  test('[P12] it waits no longer than a moment when nothing echoes', () => {
    const keysFirst = new KeysFirst();
    const [shell, flooded] = [joined(keysFirst), joined(keysFirst)];
    flooded.part.printed(FLOOD_CHUNK_BYTES);
    shell.part.typed();
    vi.advanceTimersByTime(KEY_WAIT_MS - 1);
    expect(flooded.terminal.isRead).toBe(false);
    vi.advanceTimersByTime(1);
    expect(flooded.terminal.isRead).toBe(true);
  });

  test('[P12] keys that never rest leave a flood half of the time', () => {
    const keysFirst = new KeysFirst();
    const [shell, flooded] = [joined(keysFirst), joined(keysFirst)];
    let read = 0;
    for (let ms = 0; ms < 1000; ms += 1) {
      if (flooded.terminal.isRead) flooded.part.printed(FLOOD_CHUNK_BYTES);
      shell.part.typed();
      read += flooded.terminal.isRead ? 1 : 0;
      vi.advanceTimersByTime(1);
    }
    expect(read).toBeGreaterThanOrEqual((1000 * KEY_REST_MS) / (KEY_REST_MS + KEY_WAIT_MS) - 10);
    expect(read).toBeLessThan(900);
  });

  test('[P12] what prints little, or has not for a while, is read on', () => {
    const keysFirst = new KeysFirst();
    const [shell, quiet, rested] = [joined(keysFirst), joined(keysFirst), joined(keysFirst)];
    rested.part.printed(FLOOD_CHUNK_BYTES);
    vi.advanceTimersByTime(FLOOD_WITHIN_MS);
    quiet.part.printed(FLOOD_CHUNK_BYTES - 1);
    shell.part.typed();
    expect([quiet.terminal.isRead, rested.terminal.isRead]).toEqual([true, true]);
  });

  test('[P12] the keys of a flooded terminal hold up the other floods, not its own', () => {
    const keysFirst = new KeysFirst();
    const [one, other] = [joined(keysFirst), joined(keysFirst)];
    one.part.printed(FLOOD_CHUNK_BYTES);
    other.part.printed(FLOOD_CHUNK_BYTES);
    one.part.typed();
    expect([one.terminal.isRead, other.terminal.isRead]).toEqual([true, false]);
  });

  test('[P12] beside somebody who types a flood is read in steps', () => {
    const keysFirst = new KeysFirst();
    const [shell, flooded] = [joined(keysFirst), joined(keysFirst)];
    shell.part.typed();
    flooded.part.printed(FLOOD_STEP_BYTES - 1);
    expect(flooded.terminal.isRead).toBe(true);
    flooded.part.printed(FLOOD_CHUNK_BYTES);
    expect(flooded.terminal.isRead).toBe(false);
    vi.advanceTimersByTime(FLOOD_STEP_MS);
    expect(flooded.terminal.isRead).toBe(true);
  });

  test('[P12] alone, or typed into itself, or a while after the last key, it is read on', () => {
    const keysFirst = new KeysFirst();
    const flooded = joined(keysFirst);
    flooded.part.printed(FLOOD_STEP_BYTES);
    expect(flooded.terminal.isRead).toBe(true);
    const shell = joined(keysFirst);
    shell.part.typed();
    vi.advanceTimersByTime(TYPES_FOR_MS);
    flooded.part.printed(FLOOD_STEP_BYTES);
    expect(flooded.terminal.isRead).toBe(true);
    flooded.part.typed();
    flooded.part.printed(FLOOD_STEP_BYTES);
    expect(flooded.terminal.isRead).toBe(true);
  });

  test('[P16] one that is read to its end waits for nobody, and nobody for one that ended', () => {
    const keysFirst = new KeysFirst();
    const [shell, flooded] = [joined(keysFirst), joined(keysFirst)];
    flooded.part.printed(FLOOD_CHUNK_BYTES);
    shell.part.typed();
    flooded.part.release();
    expect(flooded.terminal.isRead).toBe(true);
    const third = joined(keysFirst);
    third.part.printed(FLOOD_CHUNK_BYTES);
    vi.advanceTimersByTime(KEY_WAIT_MS + KEY_REST_MS);
    shell.part.typed();
    expect(third.terminal.isRead).toBe(false);
    shell.part.release();
    expect(third.terminal.isRead).toBe(true);
    vi.advanceTimersByTime(KEY_REST_MS);
    shell.part.typed();
    expect(third.terminal.isRead).toBe(true);
  });
});
