// WebSocket messages that link makes itself, by property: read as RFC 6455 says, each is what was put into it.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { allocateBinaryMessage } from '../../../server/link/binary-message.ts';

/** Length of the head and of the payload (section 5.2). */
function headOf(message: Buffer): { first: number; head: number; payload: number } {
  const [first = 0, short = 0] = message;
  if (short < 126) return { first, head: 2, payload: short };
  if (short === 126) return { first, head: 4, payload: message.readUInt16BE(2) };
  return { first, head: 10, payload: Number(message.readBigUInt64BE(2)) };
}

test('[P3] [P11] a message of any length says its length, in the shortest of the three ways', () => {
  const lengths = fc.oneof(
    fc.constantFrom(0, 1, 125, 126, 127, 65_535, 65_536, 65_547),
    fc.nat({ max: 70_000 }),
  );
  fc.assert(
    fc.property(lengths, (length) => {
      const message = allocateBinaryMessage(length);
      const { first, head, payload } = headOf(message);
      // Final, binary; a server does not mask, which the next bit would say.
      expect(first).toBe(0x82);
      expect(payload).toBe(length);
      expect(message.length).toBe(head + length);
      expect(head).toBe(length < 126 ? 2 : length < 65_536 ? 4 : 10);
    }),
  );
});
