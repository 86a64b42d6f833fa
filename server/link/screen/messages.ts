// What link and its screen process say to each other over IPC. Parsed by the receiver.
import { z } from 'zod';
import { terminalSizeSchema } from '../../protocol/ids.ts';

const offsetSchema = z.int().min(0);

/** Bring a terminal's screen up to an offset of its stream. */
export const screenJobSchema = z.strictObject({
  job: z.int(),
  /** Paths: of the stream, and of the screen that is kept beside it. */
  stream: z.string(),
  screen: z.string(),
  start: offsetSchema,
  capacity: z.int(),
  /** Bytes of the stream to read. Where the screen is not at `from` yet but at `seen`, all between is plain text that
   * has scrolled away. */
  seen: offsetSchema,
  from: offsetSchema,
  to: offsetSchema,
  /** The size at `seen` if nothing is known of the time before, and what it became up to `to`. */
  sizes: z.array(z.strictObject({ at: offsetSchema, size: terminalSizeSchema })).min(1),
  /** False when bytes before `to` are missing that an emulator should have seen. */
  isExact: z.boolean(),
});
export type ScreenJob = z.infer<typeof screenJobSchema>;

export const screenReportSchema = z.strictObject({
  job: z.int(),
  /** How far the screen is now; gone: the bytes were written over before they could be read; failed: a file could not
   * be read or written. */
  offset: z.union([offsetSchema, z.enum(['gone', 'failed'])]),
  /** Whether plain text scrolls all of it. */
  scrollsWhole: z.boolean(),
});
export type ScreenReport = z.infer<typeof screenReportSchema>;
