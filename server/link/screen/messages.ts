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
  from: offsetSchema,
  to: offsetSchema,
  /** The size at `from` if nothing is known of the time before, and what it became between `from` and `to`. */
  sizes: z.array(z.strictObject({ at: offsetSchema, size: terminalSizeSchema })).min(1),
  /** False when bytes before `to` are missing that an emulator should have seen. */
  isExact: z.boolean(),
});
export type ScreenJob = z.infer<typeof screenJobSchema>;

export const screenReportSchema = z.strictObject({
  job: z.int(),
  /** How far the screen is now; null when the bytes were gone before they could be read. */
  offset: offsetSchema.nullable(),
});
export type ScreenReport = z.infer<typeof screenReportSchema>;
