// What web signs for a browser and link verifies: which lab, in which role, until when. Knows no key.
import { z } from 'zod';
import { labIdSchema, learnerIdSchema } from './ids.ts';

export const grantSchema = z.strictObject({
  lab: labIdSchema,
  learner: learnerIdSchema,
  /** learner: types and owns · watcher: reads only · helper: may be handed the keyboard. */
  role: z.enum(['learner', 'watcher', 'helper']),
  /** Address the learner came from, as web saw it: labs per address are counted by it. */
  address: z.string().min(1).max(64),
  /** Milliseconds since the epoch after which link refuses the grant. */
  expires: z.int().min(0),
});
export type Grant = z.infer<typeof grantSchema>;

/** Grants are asked for at each connection, so a short life costs nothing. */
export const GRANT_LIFETIME_MS = 60_000;
