// A watcher's credit, by property: never above the high mark, every byte once and in order, gaps told.
import * as fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Ring } from '../../../server/link/ring.ts';
import { Watcher } from '../../../server/link/watcher.ts';
import {
  ACK_EVERY_BYTES,
  OUTPUT_HIGH_MARK_BYTES,
  OUTPUT_LOW_MARK_BYTES,
  SOCKET_HIGH_MARK_BYTES,
  TURN_BYTES,
} from '../../../server/protocol/flow-control.ts';
import { decodeFrame } from '../../../server/protocol/frames.ts';

type Told = { frames: number; largest: number; gaps: number; buffered: number; received: Buffer[] };

function watch(ring: Ring): { watcher: Watcher; told: Told; next: () => number } {
  const told: Told = { frames: 0, largest: 0, gaps: 0, buffered: 0, received: [] };
  let next = ring.end;
  const watcher = new Watcher({
    terminal: 1,
    ring,
    from: ring.end,
    sink: {
      sendMessage: (message) => {
        const frame = decodeFrame(payloadOf(message));
        if (frame?.offset !== next) throw new Error(`sent ${frame?.offset}, expected ${next}`);
        next += frame.data.length;
        told.frames += 1;
        told.largest = Math.max(told.largest, frame.data.length);
        told.received.push(Buffer.from(frame.data));
      },
      bufferedBytes: () => told.buffered,
      skipped: () => {
        told.gaps += 1;
        next = ring.oldest;
        return next;
      },
      spent: () => undefined,
      caughtUp: () => undefined,
    },
  });
  return { watcher, told, next: () => next };
}

/** What a server's binary message carries (RFC 6455 section 5.2). */
function payloadOf(message: Uint8Array): Uint8Array {
  const view = new DataView(message.buffer, message.byteOffset, message.length);
  expect(message[0]).toBe(0x82);
  const short = view.getUint8(1);
  if (short < 126) return message.subarray(2, 2 + short);
  if (short === 126) return message.subarray(4, 4 + view.getUint16(2));
  return message.subarray(10, 10 + Number(view.getBigUint64(2)));
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('watcher', () => {
  afterEach(() => void vi.useRealTimers());
  test('[P11] the first chunk goes out in the turn it arrives in, the rest of that turn as one frame', async () => {
    // A turn is no longer than this, whatever the machine does meanwhile.
    vi.useFakeTimers({ toFake: ['performance'] });
    const ring = new Ring();
    const { watcher, told } = watch(ring);
    for (const letter of 'abcd') {
      ring.append(Buffer.from(letter));
      watcher.poke();
    }
    expect(told.received.map(String)).toEqual(['a']);
    await nextTurn();
    expect(told.received.map(String)).toEqual(['a', 'bcd']);
    watcher.close();
  });
  test('[P11] unacknowledged bytes never pass the high mark, whatever comes and is acknowledged', async () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ output: fc.integer({ min: 1, max: 200_000 }) }),
        fc.record({ parsed: fc.double({ min: 0, max: 1, noNaN: true }) }),
      ),
      { maxLength: 30 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (plan) => {
        const ring = new Ring();
        const { watcher, told, next } = watch(ring);
        let acknowledged = 0;
        for (const step of plan) {
          if ('output' in step) {
            ring.append(Buffer.alloc(step.output));
            watcher.poke();
          } else {
            acknowledged += Math.floor((watcher.sent - acknowledged) * step.parsed);
            watcher.acknowledge(acknowledged);
          }
          await nextTurn();
          // After a gap the count begins anew.
          const unparsed = told.gaps === 0 ? watcher.sent - acknowledged : 0;
          expect(unparsed).toBeLessThanOrEqual(OUTPUT_HIGH_MARK_BYTES);
          expect(next()).toBe(watcher.sent);
        }
        expect(told.largest).toBeLessThanOrEqual(TURN_BYTES);
        watcher.close();
      }),
      { numRuns: 50 },
    );
  });
  test('[P11] without credit nothing goes out until the low mark is reached', async () => {
    const ring = new Ring();
    const { watcher, told } = watch(ring);
    ring.append(Buffer.alloc(OUTPUT_HIGH_MARK_BYTES + 1000));
    watcher.poke();
    for (let turn = 0; turn < 10; turn += 1) await nextTurn();
    const { frames } = told;
    expect(watcher.sent).toBe(OUTPUT_HIGH_MARK_BYTES);
    watcher.acknowledge(OUTPUT_HIGH_MARK_BYTES - OUTPUT_LOW_MARK_BYTES - 1);
    await nextTurn();
    expect(told.frames).toBe(frames);
    watcher.acknowledge(OUTPUT_HIGH_MARK_BYTES - OUTPUT_LOW_MARK_BYTES);
    expect(watcher.sent).toBe(OUTPUT_HIGH_MARK_BYTES + 1000);
    watcher.close();
  });
  test('[P11] a socket that is full gets nothing new', () => {
    const ring = new Ring();
    const { watcher, told } = watch(ring);
    told.buffered = SOCKET_HIGH_MARK_BYTES + 1;
    ring.append(Buffer.from('x'));
    watcher.poke();
    expect(told.frames).toBe(0);
    told.buffered = 0;
    watcher.poke();
    expect(told.frames).toBe(1);
    watcher.close();
  });
  test('[P11] the pieces a page acknowledges are small enough for its credit to return', () => {
    expect(ACK_EVERY_BYTES).toBeLessThanOrEqual(OUTPUT_LOW_MARK_BYTES);
  });
  test('[P12] a watcher that the ring has left behind goes on at its oldest byte and is told', async () => {
    const ring = new Ring(0, 100_000);
    const { watcher, told } = watch(ring);
    ring.append(Buffer.alloc(90_000));
    told.buffered = SOCKET_HIGH_MARK_BYTES + 1;
    watcher.poke();
    ring.append(Buffer.alloc(90_000));
    told.buffered = 0;
    watcher.poke();
    await nextTurn();
    expect(told.gaps).toBe(1);
    expect(watcher.sent).toBe(180_000);
    watcher.close();
  });
});
