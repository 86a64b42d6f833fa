// The binary frames, by property: what is encoded is decoded, what is no frame is refused.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeFrame,
  encodeFrame,
  FRAME_HEAD_BYTES,
  type Frame,
} from '../../../server/protocol/frames.ts';

const frames = fc.record({
  kind: fc.constantFrom<Frame['kind'][]>('output', 'input'),
  terminal: fc.integer({ min: 1, max: 0xffff }),
  offset: fc.maxSafeNat(),
  data: fc.uint8Array({ maxLength: 5_000 }),
});

describe('frames', () => {
  test('[P3] every frame comes back as it was', () => {
    fc.assert(
      fc.property(frames, (frame) => {
        expect(decodeFrame(encodeFrame(frame))).toEqual(frame);
      }),
    );
  });
  test('[P3] the layout is kind, terminal and offset, big-endian, then the bytes', () => {
    const data = Buffer.from('hi');
    const bytes = encodeFrame({ kind: 'input', terminal: 0x0102, offset: 2 ** 40 + 3, data });
    expect(Buffer.from(bytes).toString('hex')).toBe('02010200000100000000036869');
  });
  test('[P3] no bytes at all throw, and whatever is decoded encodes to the same bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const frame = decodeFrame(bytes);
        if (frame === undefined) return;
        expect(bytes.length).toBeGreaterThanOrEqual(FRAME_HEAD_BYTES);
        expect(encodeFrame(frame)).toEqual(bytes);
      }),
    );
  });
  test('[P3] a frame that was cut within its head is refused', () => {
    fc.assert(
      fc.property(frames, fc.nat({ max: FRAME_HEAD_BYTES - 1 }), (frame, length) => {
        expect(decodeFrame(encodeFrame(frame).subarray(0, length))).toBeUndefined();
      }),
    );
  });
});
