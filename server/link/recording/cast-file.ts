// Recordings as files: what an earlier link left, and reading one in parts that end between two characters.
// Knows no terminal.
import { closeSync, openSync, readFileSync, readSync, truncateSync } from 'node:fs';
import { readStart } from './cast.ts';

/** Bytes of one part: as JSON, control characters six times as long, it is below half a megabyte. */
const PART_BYTES = 64 * 1024;
/** A character of UTF-8 has at most four bytes. */
const LONGEST_CHARACTER = 4;

export type Part = { text: string; next: number };

/** Text from byte `offset` on, of a file of which `end` bytes count. */
export function readPart(path: string, offset: number, end: number): Part {
  const wanted = Math.max(0, Math.min(PART_BYTES, end - offset));
  const bytes = Buffer.alloc(wanted);
  const fd = openSync(path, 'r');
  try {
    const got = readSync(fd, bytes, 0, wanted, offset);
    const whole = offset + got < end ? wholeCharacters(bytes.subarray(0, got)) : got;
    return { text: bytes.toString('utf8', 0, whole), next: offset + whole };
  } finally {
    closeSync(fd);
  }
}

/** Length of `bytes` without the character at its end that may go on in the next part. */
function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(LONGEST_CHARACTER, bytes.length); back += 1) {
    const isContinuation = ((bytes[bytes.length - back] ?? 0) & 0xc0) === 0x80;
    if (!isContinuation) return bytes.length - back;
  }
  return bytes.length;
}

/** Bytes and begin of a recording that lies there; undefined when it is none. A last line without its end,
 * which was being written when link ended, is taken off. */
export function adoptFile(path: string): { bytes: number; startedAt: number } | undefined {
  const content = readFileSync(path);
  const bytes = content.lastIndexOf(0x0a) + 1;
  const startedAt = readStart(content.toString('utf8', 0, content.indexOf(0x0a)));
  if (startedAt === undefined) return undefined;
  if (bytes < content.length) truncateSync(path, bytes);
  return { bytes, startedAt };
}
