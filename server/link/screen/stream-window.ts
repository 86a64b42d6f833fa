// Reads a part of a stream out of the file in which link keeps its ring, while link goes on writing to it. Knows no
// emulator and no link.
import { closeSync, openSync, readSync } from 'node:fs';
import { TURN_BYTES } from '../../protocol/flow-control.ts';
import { END_AT, HEAD_BYTES } from '../stream-layout.ts';

export type StreamWindow = {
  path: string;
  /** Offset of the first byte of the stream, and bytes of its ring. */
  start: number;
  capacity: number;
  /** Offsets of the stream. */
  from: number;
  to: number;
};

/**
 * The bytes from `from` to `to`; undefined when link has, or may have, written over some of them meanwhile. Throws when
 * the file cannot be read.
 */
export function readStreamWindow(window: StreamWindow): Buffer | undefined {
  const { path, start, capacity, from, to } = window;
  const bytes = Buffer.allocUnsafe(to - from);
  const fd = openSync(path, 'r');
  try {
    const at = (from - start) % capacity;
    const first = Math.min(bytes.length, capacity - at);
    readSync(fd, bytes, 0, first, HEAD_BYTES + at);
    if (first < bytes.length) readSync(fd, bytes, first, bytes.length - first, HEAD_BYTES);
    const number = Buffer.alloc(8);
    readSync(fd, number, 0, number.length, END_AT);
    // link stores a chunk first and its end after: one more may be on its way.
    const end = number.readDoubleLE() + TURN_BYTES;
    return end - capacity <= from ? bytes : undefined;
  } finally {
    closeSync(fd);
  }
}

const ESCAPE = 0x1b;
const LINE_FEED = 0x0a;

/**
 * The last place in `bytes` at which an emulator is between two characters and two control sequences: after the end of
 * a line, or before an escape, unless that may end what began before it or repeat the character before it. In a stream
 * without either, before its last ASCII character.
 */
export function findBoundary(bytes: Buffer): number {
  const line = bytes.lastIndexOf(LINE_FEED) + 1;
  const lastEscape = bytes.lastIndexOf(ESCAPE);
  let escape = lastEscape;
  while (escape > line && leansBack(bytes.subarray(escape + 1, escape + 1 + LONGEST_REPEAT))) {
    escape = bytes.lastIndexOf(ESCAPE, escape - 1);
  }
  const best = Math.max(escape, line);
  if (best > 0) return best;
  if (lastEscape > 0) return lastEscape;
  for (let at = bytes.length - 1; at > 0; at -= 1) if ((bytes[at] ?? 0) < 0x80) return at;
  return bytes.length;
}

/** Of REP (ECMA-48): a bracket, digits and its last byte. */
const LONGEST_REPEAT = 12;

/** Whether what follows an escape ends a string (ST) or repeats a character, or is cut off before it can be told. */
function leansBack(sequence: Buffer): boolean {
  return /^(?:$|\\|\[\d*(?:b|$))/.test(sequence.toString('latin1'));
}
