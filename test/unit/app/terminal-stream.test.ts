// One terminal's output on the page's side: resume, acknowledgement, replay.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ACK_EVERY_BYTES, ACK_WITHIN_MS } from '../../../server/protocol/flow-control.ts';
import { makeStream, size } from '../../support/stream-bench.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('asks for everything at first, and for what is missing after a reconnect', () => {
  const { stream, sink, attached, output, asked } = makeStream();
  stream.show(sink, size);
  stream.connect();
  attached(0, 0);
  output(0, 'hello');
  stream.disconnect();
  stream.connect();
  expect(asked()).toEqual([0, 5]);
});

it('draws the screen that link kept in place of the bytes that are gone', () => {
  const { stream, sink, output, shown, asked } = makeStream();
  stream.show(sink, size);
  stream.connect();
  const screen = { size, text: 'kept', isExact: true };
  const rest = { terminal: 1, end: 105, gap: true, inputOffset: 0, size } as const;
  stream.handleAttached({ type: 'attached', request: 1, from: 100, screen, ...rest });
  output(100, 'after');
  expect(shown).toEqual(['<reset>', '<draw kept>', 'after']);
  stream.disconnect();
  stream.connect();
  expect(asked()).toEqual([0, 105]);
});

it('marks once where a killed link may have left out bytes', () => {
  const { stream, sink, output, shown } = makeStream();
  stream.show(sink, size);
  stream.connect();
  const torn = {
    type: 'attached',
    terminal: 1,
    gap: false,
    inputOffset: 0,
    size,
    torn: 3,
  } as const;
  stream.handleAttached({ ...torn, request: 1, from: 0, end: 6 });
  output(0, 'onetwo');
  stream.disconnect();
  stream.connect();
  stream.handleAttached({ ...torn, request: 2, from: 6, end: 6 });
  output(6, 'three');
  expect(shown).toEqual(['one', '<torn>', 'two', 'three']);
});

it('starts the screen anew when bytes in between are gone', () => {
  const { stream, sink, attached, output, shown } = makeStream();
  stream.show(sink, size);
  stream.connect();
  attached(0, 0);
  output(0, 'old');
  const left = { terminal: 1, from: 100, end: 103, inputOffset: 0, size } as const;
  stream.handleAttached({ type: 'attached', gap: true, ...left });
  output(100, 'new');
  expect(shown).toEqual(['old', '<reset>', 'new']);
});

it('shows bytes that come twice once, and asks again when some are missing', () => {
  const { stream, sink, attached, output, shown, asked } = makeStream();
  stream.show(sink, size);
  stream.connect();
  attached(0, 0);
  output(0, 'abc');
  output(1, 'bcd');
  output(9, 'z');
  expect(shown.join('')).toBe('abcd');
  expect(asked()).toEqual([0, 4]);
});

it('acknowledges what is parsed, not what has come: large output at once, small output a moment later', () => {
  const { stream, sink, attached, output, parse, acks } = makeStream();
  stream.show(sink, size);
  stream.connect();
  attached(0, 0);
  output(0, 'x'.repeat(ACK_EVERY_BYTES));
  expect(acks()).toEqual([]);
  parse();
  expect(acks()).toEqual([ACK_EVERY_BYTES]);
  output(ACK_EVERY_BYTES, 'tiny');
  parse();
  expect(acks()).toHaveLength(1);
  vi.advanceTimersByTime(ACK_WITHIN_MS);
  expect(acks()).toEqual([ACK_EVERY_BYTES, ACK_EVERY_BYTES + 4]);
});

it('knows a replay from live output, within one frame too', () => {
  const { stream, sink, attached, output, parse, shown } = makeStream();
  stream.show(sink, size);
  stream.connect();
  attached(0, 3);
  output(0, 'oldnew');
  expect(shown).toEqual(['old', 'new']);
  expect(stream.isReplaying()).toBe(true);
  parse(1);
  expect(stream.isReplaying()).toBe(false);
});

it('has a screen drawn anew by another size for a moment', () => {
  const { stream, sink, sent } = makeStream();
  stream.show(sink, size);
  stream.connect();
  sent.length = 0;
  stream.redraw();
  expect(sent.map((message) => (message.type === 'resize' ? message.size.rows : 0))).toEqual([
    23, 24,
  ]);
});

it('tells of output, and whether there was any', () => {
  const { stream, sink, attached, output } = makeStream();
  stream.show(sink, size);
  stream.connect();
  attached(0, 0);
  const heard: number[] = [];
  const unlisten = stream.onOutput((data) => heard.push(data.byteLength));
  expect(stream.hasSpoken()).toBe(false);
  output(0, '$ ');
  unlisten();
  output(2, 'more');
  expect([heard, stream.hasSpoken()]).toEqual([[2], true]);
});

it('counts nothing of an emulator that is gone', () => {
  const { stream, sink, attached, output, parse, acks } = makeStream();
  stream.show(sink, size);
  stream.connect();
  attached(0, 0);
  output(0, 'x'.repeat(ACK_EVERY_BYTES));
  stream.hide();
  stream.show(sink, size);
  attached(0, ACK_EVERY_BYTES);
  parse();
  expect(acks()).toEqual([]);
});

it('[P10] an answer without a gap resets nothing, though output has come since it was asked for', () => {
  const { stream, sink, attached, output, parse, shown, asked, acks } = makeStream();
  stream.show(sink, size);
  stream.connect();
  attached(0, 0);
  output(0, 'one');
  stream.agreeAgain();
  output(3, 'x'.repeat(ACK_EVERY_BYTES));
  parse();
  attached(3, 3 + ACK_EVERY_BYTES);
  output(3, 'x'.repeat(ACK_EVERY_BYTES));
  output(3 + ACK_EVERY_BYTES, 'two');
  expect(asked()).toEqual([0, 3]);
  expect(shown).toEqual(['one', 'x'.repeat(ACK_EVERY_BYTES), 'two']);
  // Link counts anew what is under way, so that it is told again of what it sends again.
  expect(acks()).toEqual([3 + ACK_EVERY_BYTES, 3 + ACK_EVERY_BYTES]);
});

it('a new emulator is shown all, though an answer for the one before is under way', () => {
  const { stream, sink, attached, output, shown, asked } = makeStream();
  stream.show(sink, size);
  stream.connect();
  attached(0, 0);
  output(0, 'seen');
  stream.agreeAgain();
  stream.hide();
  stream.show(sink, size);
  attached(4, 4);
  output(4, 'more');
  attached(0, 8);
  output(0, 'seenmore');
  expect(asked()).toEqual([0, 4, 0]);
  expect(shown).toEqual(['seen', 'seenmore']);
});
