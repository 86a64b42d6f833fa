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
  writeFrameHead(bytes, frame);
  bytes.set(frame.data, FRAME_HEAD_BYTES);
  return bytes;
}

/** Writes the head into the first FRAME_HEAD_BYTES of `bytes`, for a sender that fills in the data itself. */
export function writeFrameHead(bytes: Uint8Array, head: Omit<Frame, 'data'>): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, FRAME_HEAD_BYTES);
  view.setUint8(0, head.kind === 'output' ? KIND_OUTPUT : KIND_INPUT);
  view.setUint16(1, head.terminal);
  // Two halves: a bigint per frame would be garbage per key.
  view.setUint32(3, Math.floor(head.offset / 2 ** 32));
  view.setUint32(7, head.offset >>> 0);
}

/**
 * Reads a frame; `data` is a view into `bytes`. Returns undefined for anything that is not exactly one
 * frame of a known kind: the caller closes with `unknownMessage`.
 */
export function decodeFrame(bytes: Uint8Array): Frame | undefined {
  if (bytes.byteLength < FRAME_HEAD_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kind = view.getUint8(0);
  if (kind !== KIND_OUTPUT && kind !== KIND_INPUT) return undefined;
  const terminal = view.getUint16(1);
  const offset = view.getBigUint64(3);
  if (terminal === 0 || offset > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  return {
    kind: kind === KIND_OUTPUT ? 'output' : 'input',
    terminal,
    offset: Number(offset),
    data: bytes.subarray(FRAME_HEAD_BYTES),
  };
}
