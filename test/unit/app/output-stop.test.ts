// When a page believes that ^S has stopped a terminal.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { watchOutputStop } from '../../../app/lab-client/output-stop.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function start() {
  const said: boolean[] = [];
  const stop = watchOutputStop((stopped) => said.push(stopped));
  const type = (text: string) => stop.handleTyped(new TextEncoder().encode(text));
  return { stop, said, type };
}

it('says so after ^S and silence, and takes it back at ^Q or output', () => {
  const { stop, said, type } = start();
  type('\u0013');
  expect(said).toEqual([]);
  vi.advanceTimersByTime(1_000);
  type('x');
  expect(said).toEqual([true]);
  type('\u0011');
  expect(said).toEqual([true, false]);
  type('\u0013');
  vi.advanceTimersByTime(1_000);
  stop.handleOutput();
  expect(said).toEqual([true, false, true, false]);
});

it('waits for what was on its way, and believes output that goes on', () => {
  const { stop, said, type } = start();
  type('\u0013');
  for (let beat = 0; beat < 4; beat += 1) {
    vi.advanceTimersByTime(300);
    stop.handleOutput();
  }
  expect(said).toEqual([]);
  vi.advanceTimersByTime(1_000);
  expect(said).toEqual([true]);
  stop.handleOutput();
  type('\u0013');
  for (let beat = 0; beat < 10; beat += 1) {
    vi.advanceTimersByTime(300);
    stop.handleOutput();
  }
  vi.advanceTimersByTime(1_000);
  expect(said).toEqual([true, false]);
});

it('says nothing without ^S', () => {
  const { said, type } = start();
  type('s');
  vi.advanceTimersByTime(5_000);
  expect(said).toEqual([]);
});

it('another page that goes on takes nothing from a ^S that was typed here a moment ago', () => {
  const { stop, said, type } = start();
  type('\u0013');
  stop.handleKnown(false);
  vi.advanceTimersByTime(1_000);
  expect(said).toEqual([true]);
  stop.handleKnown(false);
  stop.handleKnown(true);
  expect(said).toEqual([true, false, true]);
});
