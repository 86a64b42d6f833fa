// What the benchmark asks of its floor process, and the answers. Knows no child process.
import { z } from 'zod';

const commandSchema = z.strictObject({
  command: z.string(),
  args: z.array(z.string()),
  environment: z.record(z.string(), z.string()),
  /** On a PTY of node-pty; its end of start-up is a prompt. Else on pipes: it writes a byte and ends with
   * its standard input. */
  pty: z.boolean(),
});
export type FloorCommand = z.infer<typeof commandSchema>;

export const floorRequestSchema = z.discriminatedUnion('verb', [
  /** `keep`: it runs until release. */
  z.strictObject({
    id: z.int(),
    verb: z.literal('start'),
    keep: z.boolean(),
    ...commandSchema.shape,
  }),
  /** Ends everything that was kept. */
  z.strictObject({ id: z.int(), verb: z.literal('release') }),
]);
export type FloorRequest = z.infer<typeof floorRequestSchema>;

export const floorAnswerSchema = z.discriminatedUnion('type', [
  /** Milliseconds from before the start until the first byte, and until the prompt on a PTY; and from the end
   * of its input until nothing is left of what was not kept. */
  z.strictObject({
    type: z.literal('started'),
    id: z.int(),
    pid: z.int(),
    first: z.number(),
    prompt: z.number().optional(),
    teardown: z.number().optional(),
  }),
  z.strictObject({ type: z.literal('failed'), id: z.int(), sentence: z.string() }),
  z.strictObject({ type: z.literal('released'), id: z.int() }),
]);
export type FloorAnswer = z.infer<typeof floorAnswerSchema>;
