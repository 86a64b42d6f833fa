// What a link that ended left of a recording that went on: how much of its file counts, and the output that is not in
// it yet, from the ring. Knows no file and no terminal.
import { createWholeCharacters } from '../protocol/whole-characters.ts';
import type { Ring } from './ring.ts';
import type { StreamMemory } from './stream-memory.ts';

/** Bytes of a character that may be cut at the end of what is in the file. */
const MOST_CUT = 3;

export type LeftRecording = {
  /** Of the file: what follows was not finished. */
  bytes: number;
  /** The beginning of a character whose rest is in `output`, or will come: it is not in the file. */
  cut: Buffer;
  /** Printed since. */
  output: Buffer;
  /** After that may be a hole: link was killed while it had the terminal. */
  isTorn: boolean;
};

/** Undefined when none went on, or the ring does not reach back to it. */
export function findLeftRecording(memory: StreamMemory, ring: Ring): LeftRecording | undefined {
  const mark = memory.recorded;
  if (mark === undefined || !ring.holds(mark.offset)) return undefined;
  const before = Buffer.alloc(Math.min(MOST_CUT, mark.offset - ring.oldest));
  ring.copy(mark.offset - before.length, before.length, before);
  const whole = createWholeCharacters().take(before).length;
  const output = Buffer.alloc(ring.end - mark.offset);
  ring.copy(mark.offset, output.length, output);
  return { bytes: mark.bytes, cut: before.subarray(whole), output, isTorn: memory.wasTorn };
}
