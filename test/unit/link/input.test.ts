// The queue of typed bytes, by property: each byte once, in order, whatever is sent again and however little
// the terminal takes at a time.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Input } from '../../../server/link/input.ts';
import { INPUT_QUEUE_BYTES } from '../../../server/protocol/flow-control.ts';
import { waitUntil } from '../../support/link-shell.ts';

/** A terminal that takes at most `room` bytes in all; `room` may be raised. */
function slowTerminal(room: number) {
  const terminal = { room, written: Buffer.alloc(0), told: 0 };
  const input = new Input({
    write: (bytes) => {
      const taken = bytes.subarray(0, terminal.room);
      terminal.room -= taken.length;
      terminal.written = Buffer.concat([terminal.written, taken]);
      return taken.length;
    },
    written: () => (terminal.told += 1),
  });
  return { terminal, input };
}

describe('input', () => {
  test('[P14] a flood of ^C into a terminal that takes none asks it twice for each at most', () => {
    const FLOOD = 2_000;
    let asked = 0;
    const input = new Input({
      write: () => {
        asked += 1;
        return 0;
      },
      interrupt: () => {
        asked += 1;
        return false;
      },
      written: () => undefined,
    });
    input.take('client', 0, Buffer.from('paste'));
    for (let at = 0; at < FLOOD; at += 1) input.take('client', 5 + at, Buffer.from([0x03]));
    expect(asked).toBeLessThanOrEqual(2 * FLOOD);
    expect(input.count('client')).toEqual({ taken: 5 + FLOOD, written: 0 });
    input.close();
  });
  test('[P13] bytes sent again in any overlapping pieces are typed once and in order', () => {
    const pieces = fc.array(fc.record({ back: fc.nat({ max: 20 }), length: fc.nat({ max: 30 }) }));
    fc.assert(
      fc.property(pieces, (plan) => {
        const stream = Buffer.from(Array.from({ length: 4_000 }, (_, at) => at % 251));
        const { terminal, input } = slowTerminal(Infinity);
        let sent = 0;
        for (const { back, length } of plan) {
          const from = Math.max(0, sent - back);
          const outcome = input.take('client', from, stream.subarray(from, from + length));
          expect(outcome).toBe(from + length > sent ? 'taken' : 'repeated');
          sent = Math.max(sent, from + length);
        }
        expect(terminal.written.equals(stream.subarray(0, sent))).toBe(true);
        expect(input.count('client')).toEqual({ taken: sent, written: sent });
        input.close();
      }),
    );
  });
  test('[P13] a hole is refused and changes nothing', () => {
    const { terminal, input } = slowTerminal(Infinity);
    input.take('client', 0, Buffer.from('ab'));
    expect(input.take('client', 3, Buffer.from('d'))).toBe('gap');
    expect(input.take('client', 2, Buffer.from('c'))).toBe('taken');
    expect(terminal.written.toString()).toBe('abc');
  });
  test('[P13] clients are counted apart', () => {
    const { terminal, input } = slowTerminal(Infinity);
    input.take('one', 0, Buffer.from('a'));
    input.take('two', 0, Buffer.from('b'));
    expect(terminal.written.toString()).toBe('ab');
    expect(input.count('two').taken).toBe(1);
  });
  test('[P13] a full terminal is tried again until it has taken everything', async () => {
    const { terminal, input } = slowTerminal(3);
    input.take('client', 0, Buffer.from('abcdef'));
    expect(terminal.written.toString()).toBe('abc');
    expect(input.count('client')).toEqual({ taken: 6, written: 3 });
    terminal.room = 10;
    await waitUntil(() => input.count('client').written === 6);
    expect(terminal.written.toString()).toBe('abcdef');
  });
  test('[P13] more than INPUT_QUEUE_BYTES for a stalled reader is refused', () => {
    const { input } = slowTerminal(0);
    expect(input.take('client', 0, Buffer.alloc(INPUT_QUEUE_BYTES))).toBe('taken');
    expect(input.take('client', INPUT_QUEUE_BYTES, Buffer.alloc(1))).toBe('full');
    input.close();
  });
  test('[P14] ^C goes ahead of what waits, is written once, and counts in its place', async () => {
    const { terminal, input } = slowTerminal(2);
    input.take('client', 0, Buffer.from('abcd'));
    terminal.room = 1;
    input.take('client', 4, Buffer.of(3));
    input.take('client', 5, Buffer.from('e'));
    expect(terminal.written.toString()).toBe('ab\x03');
    expect(input.count('client').written).toBe(2);
    terminal.room = 100;
    await waitUntil(() => input.count('client').written === 6);
    expect(terminal.written.toString()).toBe('ab\x03cde');
  });
  test('[P14] ^C that finds no room at all is the first to be written', async () => {
    const { terminal, input } = slowTerminal(0);
    input.take('client', 0, Buffer.from('abcd'));
    input.take('client', 4, Buffer.of(3));
    terminal.room = 100;
    await waitUntil(() => input.count('client').written === 5);
    expect(terminal.written.toString()).toBe('\x03abcd');
  });
});
