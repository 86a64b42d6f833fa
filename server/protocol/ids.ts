// The identifiers that cross process borders, each with the shape it must have. Knows no process.
import { z } from 'zod';

/** Name of one lab: 16 lower-case base32 characters (80 random bits). Safe as a path part. */
export const labIdSchema = z.string().regex(/^[a-z2-7]{16}$/);
export type LabId = z.infer<typeof labIdSchema>;

/** Name of one learner: 26 lower-case base32 characters (130 random bits), kept in a signed cookie. */
export const learnerIdSchema = z.string().regex(/^[a-z2-7]{26}$/);
export type LearnerId = z.infer<typeof learnerIdSchema>;

/** Name of one page instance of a browser; input offsets are counted per client. */
export const clientIdSchema = z.string().regex(/^[a-zA-Z0-9_-]{8,40}$/);

/** Number of a terminal within its lab, 1 to 65,535; never used twice in the life of a lab. */
export const terminalIdSchema = z.int().min(1).max(0xffff);

const slugSchema = z
  .string()
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/)
  .max(64);

/** A place in a course. Ids are stable; `version` is the course's version the reader sees. */
export const stepRefSchema = z.strictObject({
  course: slugSchema,
  version: z.int().min(1),
  chapter: slugSchema,
  step: slugSchema,
});
export type StepRef = z.infer<typeof stepRefSchema>;

/** Id of a check or a quiz within its step. */
export const checkIdSchema = slugSchema;

/** Columns and rows of a terminal. 1000 is far above any screen and keeps buffers bounded. */
export const terminalSizeSchema = z.strictObject({
  cols: z.int().min(2).max(1000),
  rows: z.int().min(1).max(1000),
});
export type TerminalSize = z.infer<typeof terminalSizeSchema>;
