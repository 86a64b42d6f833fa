// Where things are in the file of a stream: one page of numbers, doubles of eight bytes each, then the ring.

export const HEAD_BYTES = 4096;
/** Of the ring at first, which grows by doubling. */
export const FIRST_RING_BYTES = 8 * 1024;
/** Changes with the layout: another one is not read. */
export const MAGIC = 20_261_124;
/** By index. */
export const field = {
  magic: 0,
  start: 1,
  end: 2,
  capacity: 3,
  letGo: 4,
  /** Which of the two marks of a recording counts, 1 or 2; 0 while none goes on. */
  recorded: 5,
} as const;
/** The two marks of a recording, of two numbers each. */
export const FIRST_MARK = 6;
/** Where the stream's end is written. */
export const END_AT = field.end * 8;
