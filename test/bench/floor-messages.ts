// What the benchmark asks of its floor process, and the answers. Knows no child process.
import { z } from 'zod';

const commandSchema = z.strictObject({
  command: z.string(),
  args: z.array(z.string()),
  environment: z.record(z.string(), z.string()),
  /** On a PTY of node-pty; its end of start-up is a prompt. */
  pty: z.boolean(),
  /** Keep it running until release. */
  keep: z.boolean(),
});
export type FloorCommand = z.infer<typeof commandSchema>;

export const floorRequestSchema = z.discriminatedUnion('verb', [
  z.strictObject({ id: z.int(), verb: z.literal('start'), ...commandSchema.shape }),
  /** Kills everything that was kept. */
  z.strictObject({ id: z.int(), verb: z.literal('release') }),
]);
export type FloorRequest = z.infer<typeof floorRequestSchema>;

export const floorAnswerSchema = z.discriminatedUnion('type', [
  /** Milliseconds from before the start until the first byte, and until the prompt on a PTY. */
  z.strictObject({
    type: z.literal('started'),
    id: z.int(),
    pid: z.int(),
    first: z.number(),
    prompt: z.number().optional(),
  }),
  z.strictObject({ type: z.literal('failed'), id: z.int(), sentence: z.string() }),
  z.strictObject({ type: z.literal('released'), id: z.int() }),
]);
export type FloorAnswer = z.infer<typeof floorAnswerSchema>;
