// One terminal's input on the page's side: what waits, what goes again, what is given up.
import { expect, it } from 'vitest';
import { INPUT_FRAME_BYTES, INPUT_QUEUE_BYTES } from '../../../server/protocol/flow-control.ts';
import { bytes, makeStream, size } from '../../support/stream-bench.ts';

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

it('[P13] says that keys are uncertain when link has forgotten this page and acknowledged none of them', () => {
  const { stream, attached, typed } = makeStream();
  stream.connect();
  attached(0, 0);
  stream.type(bytes('ab'));
  stream.disconnect();
  stream.connect();
  expect(attached(0, 0, 0, 0)).toBe('uncertain');
  expect(typed.map(({ offset }) => offset)).toEqual([0, 0]);
});

it('[P13] keys that were never sent are certain, whatever link has forgotten', () => {
  const { stream, attached, typed } = makeStream();
  stream.connect();
  attached(0, 0);
  stream.disconnect();
  stream.type(bytes('ab'));
  stream.connect();
  expect(attached(0, 0, 0, 0)).toBe('certain');
  expect(typed.map(({ offset }) => offset)).toEqual([0]);
});

it('[P13] hundreds of refusals are one agreement, and what is typed meanwhile waits for it', () => {
  const { stream, sink, attached, typed, asked } = makeStream();
  stream.show(sink, size);
  stream.connect();
  attached(0, 0);
  stream.type(new Uint8Array(INPUT_FRAME_BYTES * 300));
  typed.length = 0;
  stream.dropInput();
  stream.type(bytes('after'));
  for (let refusal = 1; refusal < 300; refusal += 1) stream.dropInput();
  expect(asked()).toEqual([0, 0]);
  expect(typed).toEqual([]);
  attached(0, 0, 7);
  expect(typed.map(({ offset, data }) => [offset, new TextDecoder().decode(data)])).toEqual([
    [7, 'after'],
  ]);
  stream.dropInput();
  expect(asked()).toEqual([0, 0, 0]);
});

it('[P16] tells of keys that came after the end of the shell, and of none that link took', () => {
  const { stream, sink, attached, typed } = makeStream();
  stream.show(sink, size);
  stream.connect();
  attached(0, 0);
  stream.type(bytes('exit\r'));
  stream.disconnect();
  stream.connect(true);
  expect(attached(0, 0, 5)).toBe('certain');
  expect(stream.hasInputLeft()).toBe(false);
  stream.disconnect();
  stream.type(bytes('too late'));
  typed.length = 0;
  stream.connect(true);
  // The end may be told before the answer is there.
  stream.handleExit();
  expect(attached(0, 0, 5)).toBe('lost');
  expect([stream.hasInputLeft(), typed]).toEqual([false, []]);
});

it('tells of keys for a terminal that link has forgotten, if they were never sent', () => {
  const { stream, sink, attached } = makeStream();
  stream.show(sink, size);
  stream.connect();
  attached(0, 0);
  stream.type(bytes('exit\r'));
  stream.disconnect();
  expect(stream.lose()).toBe(false);
  stream.type(bytes('too late'));
  expect(stream.lose()).toBe(true);
});

it('tells of keys for a terminal that link does not find, and holds nothing up any longer', () => {
  const { stream, sink, asked } = makeStream();
  stream.show(sink, size);
  stream.connect();
  stream.type(bytes('typed while it was asked'));
  expect(stream.lose()).toBe(true);
  expect([stream.hasInputLeft(), stream.lose()]).toEqual([false, false]);
  stream.agreeAgain();
  expect(asked()).toEqual([0, 0]);
});

it('[P10] only the answer to the latest attach says that typing goes on', () => {
  const { stream, sink, attached, typed } = makeStream();
  stream.show(sink, size);
  stream.connect();
  attached(0, 0);
  stream.dropInput();
  stream.type(bytes('after'));
  const own = { type: 'attached', terminal: 1, from: 0, end: 0, gap: true, size } as const;
  stream.handleAttached({ ...own, inputOffset: 0 });
  expect(typed).toEqual([]);
  attached(0, 0, 3);
  expect(typed.map(({ offset }) => offset)).toEqual([3]);
});
