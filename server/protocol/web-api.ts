// The answers of web's HTTP API, as schemas that both sides share. Knows no HTTP.
//   POST /api/lab              → labAnswer    sets the learner's cookie when there is none; same-origin only
//   GET  /api/progress?course= → progressAnswer
//   GET  /api/status           → statusAnswer
//   GET  /link (WebSocket)     → handed to link
import { z } from 'zod';
import { seenParametersSchema } from './browser-messages.ts';
import { checkIdSchema, labIdSchema } from './ids.ts';

/** The learner's lab and a fresh grant for it: asked for at each connection. */
export const labAnswerSchema = z.strictObject({
  lab: labIdSchema,
  grant: z.string(),
  /** Milliseconds since the epoch. */
  expires: z.number(),
});
export type LabAnswer = z.infer<typeof labAnswerSchema>;

export const progressAnswerSchema = z.strictObject({
  course: z.string(),
  version: z.int(),
  earned: z.array(
    z.strictObject({
      chapter: z.string(),
      step: z.string(),
      check: checkIdSchema,
      seen: seenParametersSchema,
      at: z.number(),
    }),
  ),
});
export type ProgressAnswer = z.infer<typeof progressAnswerSchema>;

export const statusAnswerSchema = z.strictObject({
  /** labs: this machine runs labs · lessons: web alone, lessons can be read but no lab opened. */
  mode: z.enum(['labs', 'lessons']),
  /** False while link or keeper is away. */
  ready: z.boolean(),
  labs: z.int(),
  capacity: z.int(),
  waiting: z.int(),
});
export type StatusAnswer = z.infer<typeof statusAnswerSchema>;

/** Every refusal of the API: a stable code and one sentence that says what was wrong and what to do. */
export const apiErrorSchema = z.strictObject({
  error: z.strictObject({ code: z.string(), sentence: z.string() }),
});
export type ApiError = z.infer<typeof apiErrorSchema>;
