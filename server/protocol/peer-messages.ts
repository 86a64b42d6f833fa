// The messages between web and link: what link learned, kept until web has stored it. JSON lines on a
// Unix socket that link listens on and web connects to. Knows no socket.
import { z } from 'zod';
import { seenParametersSchema } from './browser-messages.ts';
import { checkIdSchema, labIdSchema, learnerIdSchema, stepRefSchema } from './ids.ts';

/** A check or quiz that a learner earned. */
export const earnedSchema = z.strictObject({
  /** Rises by one in the life of a state directory; the key of the acknowledgement. */
  sequence: z.int().min(1),
  learner: learnerIdSchema,
  lab: labIdSchema,
  step: stepRefSchema,
  /** Id of the check or quiz: the id of the sentence too. */
  check: checkIdSchema,
  seen: seenParametersSchema,
  /** Milliseconds since the epoch. */
  at: z.number(),
});
export type Earned = z.infer<typeof earnedSchema>;

/** link → web */
export const linkToWebSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('earned'), earned: earnedSchema }),
  /** How full the lab host is, sent at connection and at each change. */
  z.strictObject({
    type: z.literal('occupancy'),
    labs: z.int().min(0),
    capacity: z.int().min(0),
    waiting: z.int().min(0),
    /** False while keeper is away: labs cannot be made now. */
    ready: z.boolean(),
  }),
]);
export type LinkToWeb = z.infer<typeof linkToWebSchema>;

/** web → link */
export const webToLinkSchema = z.discriminatedUnion('type', [
  /** Everything up to and including `sequence` is stored. */
  z.strictObject({ type: z.literal('stored'), sequence: z.int().min(0) }),
]);
export type WebToLink = z.infer<typeof webToLinkSchema>;

/** A WebSocket upgrade that web received, passed on to link with its socket as a file descriptor. */
export const handoverSchema = z.strictObject({
  type: z.literal('handover'),
  url: z.string().max(2048),
  headers: z.record(z.string(), z.string().max(8192)),
  /** Address of the browser, as web saw it (through a trusted proxy or from the socket). */
  address: z.string().max(64),
  /** Bytes read past the request's head, base64; nearly always empty. */
  head: z.string().max(128 * 1024),
});
export type Handover = z.infer<typeof handoverSchema>;
