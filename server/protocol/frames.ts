// The two binary frames of the terminal stream, encoded and decoded. Knows no socket and no terminal.
// Layout (big-endian): kind u8, terminal u16, offset u64, then the bytes. [P3]

/** Bytes before the data: kind, terminal, offset. */
export const FRAME_HEAD_BYTES = 11;
const KIND_OUTPUT = 1;
const KIND_INPUT = 2;

export type Frame = {
  kind: 'output' | 'input';
  terminal: number;
  /** Bytes of this stream before the first byte of `data`. */
  offset: number;
  data: Uint8Array;
};

/** A frame ready to send. `data` is copied. */
export function encodeFrame(frame: Frame): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(FRAME_HEAD_BYTES + frame.data.byteLength);
  writeFrameHead(bytes, 0, frame);
  bytes.set(frame.data, FRAME_HEAD_BYTES);
  return bytes;
}

/**
 * Writes the head into the FRAME_HEAD_BYTES of `bytes` from `at` on, for a sender that fills in the data itself.
 * Byte by byte: a view or a bigint per frame would be garbage for each key.
 */
export function writeFrameHead(bytes: Uint8Array, at: number, head: Omit<Frame, 'data'>): void {
  bytes[at] = head.kind === 'output' ? KIND_OUTPUT : KIND_INPUT;
  bytes[at + 1] = head.terminal >>> 8;
  bytes[at + 2] = head.terminal;
  writeUint32(bytes, at + 3, Math.floor(head.offset / 2 ** 32));
  writeUint32(bytes, at + 7, head.offset >>> 0);
}

/**
 * Reads a frame; `data` is a view into `bytes`. Returns undefined for anything that is not exactly one
 * frame of a known kind: the caller closes with `unknownMessage`.
 */
export function decodeFrame(bytes: Uint8Array): Frame | undefined {
  if (bytes.byteLength < FRAME_HEAD_BYTES) return undefined;
  const kind = byteAt(bytes, 0);
  if (kind !== KIND_OUTPUT && kind !== KIND_INPUT) return undefined;
  const terminal = byteAt(bytes, 1) * 0x100 + byteAt(bytes, 2);
  const offset = readUint32(bytes, 3) * 2 ** 32 + readUint32(bytes, 7);
  if (terminal === 0 || !Number.isSafeInteger(offset)) return undefined;
  return {
    kind: kind === KIND_OUTPUT ? 'output' : 'input',
    terminal,
    offset,
    data: bytes.subarray(FRAME_HEAD_BYTES),
  };
}

function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

function readUint32(bytes: Uint8Array, at: number): number {
  const high = byteAt(bytes, at) * 0x100 + byteAt(bytes, at + 1);
  return high * 0x10000 + byteAt(bytes, at + 2) * 0x100 + byteAt(bytes, at + 3);
}

/** `at` must lie within: the callers have looked at the length. */
function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}
