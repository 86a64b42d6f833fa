// One terminal's bytes on the page's side: resume, acknowledgement, replay, input.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createTerminalStream } from '../../../app/lab-client/terminal-stream.ts';
import type { ClientMessage } from '../../../server/protocol/browser-messages.ts';
import {
  ACK_EVERY_BYTES,
  ACK_WITHIN_MS,
  INPUT_FRAME_BYTES,
  INPUT_QUEUE_BYTES,
} from '../../../server/protocol/flow-control.ts';
import type { Frame } from '../../../server/protocol/frames.ts';

const size = { cols: 80, rows: 24 };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function makeStream() {
  const sent: ClientMessage[] = [];
  const typed: Frame[] = [];
  const shown: string[] = [];
  const unparsed: (() => void)[] = [];
  const stream = createTerminalStream(1, {
    send: (message) => sent.push(message),
    sendFrame: (frame) => typed.push(frame),
  });
  const sink = {
    write(data: Uint8Array, parsed: () => void) {
      shown.push(new TextDecoder().decode(data));
      unparsed.push(parsed);
    },
    reset: () => shown.push('<reset>'),
    markTear: () => shown.push('<torn>'),
    draw: (text: string) => shown.push(`<draw ${text}>`),
  };
  const attached = (from: number, end: number, inputOffset = 0, uncertainFrom?: number) =>
    stream.handleAttached({
      type: 'attached',
      terminal: 1,
      from,
      end,
      gap: false,
      inputOffset,
      ...(uncertainFrom === undefined ? {} : { uncertainFrom }),
      size,
    });
  const output = (offset: number, text: string) =>
    stream.handleOutput({ kind: 'output', terminal: 1, offset, data: bytes(text) });
  const parse = (count = unparsed.length) => {
    for (const done of unparsed.splice(0, count)) done();
  };
  const asked = () => sent.filter((message) => message.type === 'attach').map((one) => one.offset);
  const acks = () => sent.filter((message) => message.type === 'ack').map((one) => one.offset);
  return { stream, sink, sent, typed, shown, attached, output, parse, asked, acks };
}

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
  stream.handleAttached({ type: 'attached', from: 100, screen, ...rest });
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
  stream.handleAttached({ ...torn, from: 0, end: 6 });
  output(0, 'onetwo');
  stream.disconnect();
  stream.connect();
  stream.handleAttached({ ...torn, from: 6, end: 6 });
  output(6, 'three');
  expect(shown).toEqual(['one', '<torn>', 'two', 'three']);
});

it('starts the screen anew when bytes in between are gone', () => {
  const { stream, sink, attached, output, shown } = makeStream();
  stream.show(sink, size);
  stream.connect();
  attached(0, 0);
  output(0, 'old');
  attached(100, 103);
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

it('keeps typed bytes until they are taken, and sends the rest again after a reconnect', () => {
  const { stream, sink, attached, typed } = makeStream();
  stream.show(sink, size);
  stream.connect();
  attached(0, 0);
  stream.type(bytes('abc'));
  stream.type(bytes('def'));
  stream.disconnect();
  stream.type(bytes('ghi'));
  typed.length = 0;
  stream.connect();
  attached(0, 0, 4);
  expect(typed.map((frame) => [frame.offset, new TextDecoder().decode(frame.data)])).toEqual([
    [4, 'ef'],
    [6, 'ghi'],
  ]);
});

it('follows the count of a link that was started anew', () => {
  const { stream, sink, attached, typed } = makeStream();
  stream.show(sink, size);
  stream.connect();
  attached(0, 0);
  stream.type(bytes('taken'));
  stream.handleInputAck(5);
  stream.type(bytes('left'));
  typed.length = 0;
  attached(0, 0, 0);
  stream.type(bytes('!'));
  expect(typed.map((frame) => [frame.offset, new TextDecoder().decode(frame.data)])).toEqual([
    [0, 'left'],
    [4, '!'],
  ]);
});

it('says that keys are uncertain only when link has forgotten and some had been sent', () => {
  const { stream, sink, attached } = makeStream();
  stream.show(sink, size);
  stream.connect();
  expect(attached(0, 0)).toBe('certain');
  stream.type(bytes('taken'));
  stream.handleInputAck(5);
  stream.disconnect();
  stream.type(bytes('typed while away'));
  stream.connect();
  expect(attached(0, 0, 0)).toBe('certain');
  stream.handleInputAck(16);
  stream.type(bytes('sent'));
  stream.connect();
  expect(attached(0, 0, 0)).toBe('uncertain');
});

it('takes no more than link would, and says so', () => {
  const { stream } = makeStream();
  expect(stream.type(new Uint8Array(INPUT_QUEUE_BYTES))).toBe(true);
  expect(stream.type(bytes('more'))).toBe(false);
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

it('cuts a paste into frames that link accepts', () => {
  const { stream, sink, attached, typed } = makeStream();
  stream.show(sink, size);
  stream.connect();
  attached(0, 0);
  stream.type(bytes('p'.repeat(INPUT_FRAME_BYTES * 2 + 1)));
  expect(typed.map((frame) => [frame.offset, frame.data.byteLength])).toEqual([
    [0, INPUT_FRAME_BYTES],
    [INPUT_FRAME_BYTES, INPUT_FRAME_BYTES],
    [INPUT_FRAME_BYTES * 2, 1],
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

it('keeps what link has taken and not written, for the next link, which may not know it', () => {
  const { stream, sink, typed, attached } = makeStream();
  stream.show(sink, size);
  stream.connect();
  attached(0, 0);
  stream.type(bytes('a long paste'));
  stream.disconnect();
  stream.connect();
  // All is in link's queue: nothing is sent again.
  expect(attached(0, 0, 12)).toBe('certain');
  expect(typed).toHaveLength(1);
  stream.disconnect();
  stream.connect();
  // A link that was started again knows what was written, and has no queue.
  expect(attached(0, 0, 7)).toBe('uncertain');
  expect(typed.at(-1)).toMatchObject({ offset: 7, data: bytes('paste') });
  stream.handleInputAck(12);
  expect(stream.hasInputLeft()).toBe(false);
});

it('says that keys are uncertain when link was killed while it wrote some that were not acknowledged', () => {
  const { stream, attached, typed } = makeStream();
  stream.connect();
  attached(0, 0);
  stream.type(bytes('ab'));
  stream.type(bytes('cd'));
  stream.disconnect();
  stream.connect();
  expect(attached(0, 0, 2, 0)).toBe('uncertain');
  expect(typed.map(({ offset }) => offset)).toEqual([0, 2, 2]);
  // The same answer again is no news: the page has nothing of it left.
  expect(attached(0, 0, 4, 0)).toBe('uncertain');
  expect(attached(0, 0, 4, 0)).toBe('certain');
});
