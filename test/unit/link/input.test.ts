// The queue of typed bytes, by property: each byte once, in order, whatever is sent again and however little
// the terminal takes at a time.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { InputCounts } from '../../../server/link/input-counts.ts';
import { Input } from '../../../server/link/input.ts';
import { CLIENTS_PER_TERMINAL } from '../../../server/link/limits.ts';
import { StreamMemory } from '../../../server/link/stream-memory.ts';
import {
  INPUT_QUEUE_BYTES,
  INPUT_TURNS,
  TURN_BYTES,
} from '../../../server/protocol/flow-control.ts';
import { waitUntil } from '../../support/link-shell.ts';

/** A terminal that takes at most `room` bytes in all; `room` may be raised. */
function slowTerminal(room: number) {
  const terminal = { room, written: Buffer.alloc(0), told: 0, asked: 0 };
  const input = new Input({
    write: (bytes) => {
      terminal.asked += 1;
      const taken = bytes.subarray(0, terminal.room);
      terminal.room -= taken.length;
      terminal.written = Buffer.concat([terminal.written, taken]);
      return taken.length;
    },
    written: () => (terminal.told += 1),
  });
  return { terminal, input };
}

/** What clients typed, frame by frame, into a terminal that takes as much as it has room for. */
type Plan = readonly { client: string; length: number; isInterrupt: boolean; room: number }[];

const INTERRUPT = 0x03;

/** Of each client the bytes of which the turn has come, if these are written: no other way of counting is known. */
function countWritten(typed: readonly { client: string; byte: number }[], written: Buffer) {
  const counts = new Map<string, number>();
  let interrupts = written.filter((byte) => byte === INTERRUPT).length;
  let others = written.length - interrupts;
  for (const { client, byte } of typed) {
    if ((byte === INTERRUPT ? interrupts-- : others--) <= 0) break;
    counts.set(client, (counts.get(client) ?? 0) + 1);
  }
  return counts;
}

afterEach(() => {
  vi.useRealTimers();
});

describe('input', () => {
  test('[P13] [P14] by property: whoever types by turns, each byte is written once, in order but for ^C, and counted in its turn', () => {
    vi.useFakeTimers();
    const one = fc.record({
      client: fc.constantFrom('one', 'two', 'three'),
      // A few as long as a block of the queue, so that others lie across its end.
      length: fc.oneof(
        { weight: 15, arbitrary: fc.integer({ min: 1, max: 9 }) },
        { weight: 1, arbitrary: fc.constantFrom(TURN_BYTES - 1, TURN_BYTES) },
      ),
      isInterrupt: fc.boolean(),
      room: fc.oneof(fc.constant(0), fc.nat({ max: 12 }), fc.nat({ max: 2 * TURN_BYTES })),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 40 }), (plan: Plan) => {
        const { terminal, input } = slowTerminal(0);
        const typed: { client: string; byte: number }[] = [];
        const expectCounts = () => {
          const counts = countWritten(typed, terminal.written);
          for (const client of ['one', 'two', 'three']) {
            const taken = typed.filter((each) => each.client === client).length;
            expect(input.count(client)).toEqual({ taken, written: counts.get(client) ?? 0 });
          }
        };
        for (const { client, length, isInterrupt, room } of plan) {
          // Bytes tell their places; none is a ^C.
          const bytes = isInterrupt
            ? Buffer.of(INTERRUPT)
            : Buffer.from(Array.from({ length }, (_, at) => 4 + ((typed.length + at) % 251)));
          expect(input.take(client, input.count(client).taken, bytes)).toBe('taken');
          for (const byte of bytes) typed.push({ client, byte });
          terminal.room += room;
          vi.advanceTimersByTime(20);
          expectCounts();
        }
        terminal.room = Infinity;
        vi.advanceTimersByTime(1_000);
        expectCounts();
        const plain = Buffer.from(
          typed.map(({ byte }) => byte).filter((byte) => byte !== INTERRUPT),
        );
        const written = terminal.written.filter((byte) => byte !== INTERRUPT);
        expect(plain.equals(written)).toBe(true);
        expect(terminal.written.length).toBe(typed.length);
        input.close();
      }),
      { numRuns: 60 },
    );
  });
  test('[P13] what came in many tiny frames before a stalled reader is written in a few pieces', () => {
    vi.useFakeTimers();
    const { terminal, input } = slowTerminal(0);
    const FRAMES = 200_000;
    for (let at = 0; at < FRAMES; at += 1) input.take('client', at, Buffer.of(4 + (at % 251)));
    terminal.room = Infinity;
    terminal.asked = 0;
    vi.advanceTimersByTime(1_000);
    expect(input.count('client')).toEqual({ taken: FRAMES, written: FRAMES });
    expect(terminal.asked).toBeLessThanOrEqual(Math.ceil(FRAMES / TURN_BYTES) + 1);
    expect(terminal.written.every((byte, at) => byte === 4 + (at % 251))).toBe(true);
  });
  test('[P14] a ^C after each of many keys before a stalled reader is written with the others', () => {
    vi.useFakeTimers();
    const { terminal, input } = slowTerminal(0);
    for (let at = 0; at < INPUT_TURNS; at += 1) {
      input.take('client', at, Buffer.of(at % 2 === 0 ? 0x61 : INTERRUPT));
    }
    terminal.room = Infinity;
    terminal.asked = 0;
    vi.advanceTimersByTime(1_000);
    const half = INPUT_TURNS / 2;
    expect(terminal.written.toString()).toBe('\x03'.repeat(half) + 'a'.repeat(half));
    expect(terminal.asked).toBeLessThanOrEqual(4);
  });
  test('[P13] of those who type by turns before a stalled reader so many pieces wait, and more are refused', () => {
    vi.useFakeTimers();
    const { terminal, input } = slowTerminal(0);
    const typeByTurns = (turn: number) =>
      input.take(turn % 2 === 0 ? 'one' : 'two', Math.floor(turn / 2), Buffer.of(0x61));
    for (let turn = 0; turn < INPUT_TURNS; turn += 1) expect(typeByTurns(turn)).toBe('taken');
    expect(typeByTurns(INPUT_TURNS)).toBe('full');
    // Whoever typed last goes on with the same piece, but not with a ^C in it.
    const taken = INPUT_TURNS / 2;
    expect(input.take('two', taken, Buffer.from([1]))).toBe('taken');
    expect(input.take('two', taken + 1, Buffer.of(INTERRUPT))).toBe('full');
    terminal.room = Infinity;
    terminal.asked = 0;
    vi.advanceTimersByTime(1_000);
    expect(input.count('one')).toEqual({ taken, written: taken });
    expect(terminal.written.length).toBe(INPUT_TURNS + 1);
    expect(terminal.asked).toBe(1);
    expect(typeByTurns(INPUT_TURNS)).toBe('taken');
  });
  test('[P13] a client whose input waits is not forgotten for newer ones', () => {
    vi.useFakeTimers();
    const { terminal, input } = slowTerminal(1);
    input.take('written', 0, Buffer.from('a'));
    for (let at = 0; at < CLIENTS_PER_TERMINAL; at += 1) input.take(`${at}`, 0, Buffer.from('b'));
    expect(input.count('written').taken).toBe(0);
    expect(input.count('0')).toEqual({ taken: 1, written: 0 });
    terminal.room = Infinity;
    vi.advanceTimersByTime(1_000);
    expect(input.count('0')).toEqual({ taken: 1, written: 1 });
  });
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
  test('[P13] keys that a killed link may have written are uncertain until their client goes on after them', () => {
    const dir = mkdtempSync(join(tmpdir(), 'counts-'));
    const path = join(dir, 'stream');
    const counts = new InputCounts(StreamMemory.create(path, 0));
    counts.begin(counts.of('client'), 4);
    const left = StreamMemory.recover(path);
    const input = new Input({
      write: (bytes) => bytes.length,
      written: () => undefined,
      counts: new InputCounts(left),
    });
    const place = () => [input.uncertainFrom('client'), input.count('client').taken];
    expect(input.take('client', 5, Buffer.from('x'))).toBe('gap');
    expect([place(), place()]).toEqual([
      [0, 4],
      [0, 4],
    ]);
    expect(input.take('client', 4, Buffer.from('x'))).toBe('taken');
    expect(place()).toEqual([undefined, 5]);
    input.close();
    left.close();
    rmSync(dir, { recursive: true });
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
