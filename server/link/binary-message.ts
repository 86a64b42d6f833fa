// A binary WebSocket message made in one piece: its head (RFC 6455 section 5.2: final, not masked) and room
// for what it carries, so that one write(2) sends it. Knows no socket and no terminal.

const FINAL_BINARY = 0x82;
/** What the second byte says when the length follows in two bytes, and in eight. */
const LENGTH_IN_TWO = 126;
const LENGTH_IN_EIGHT = 127;
const LONGEST_IN_TWO = 0xffff;

/** A message that carries `length` bytes, below 2^32: the last ones of the buffer, for the caller to fill. */
export function allocateBinaryMessage(length: number): Buffer {
  if (length < LENGTH_IN_TWO) {
    const message = Buffer.allocUnsafe(2 + length);
    message[1] = length;
    message[0] = FINAL_BINARY;
    return message;
  }
  const isShort = length <= LONGEST_IN_TWO;
  const message = Buffer.allocUnsafe((isShort ? 4 : 10) + length);
  message[0] = FINAL_BINARY;
  message[1] = isShort ? LENGTH_IN_TWO : LENGTH_IN_EIGHT;
  if (isShort) message.writeUInt16BE(length, 2);
  else {
    message.writeUInt32BE(0, 2);
    message.writeUInt32BE(length, 6);
  }
  return message;
}
