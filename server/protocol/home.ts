// What became of the files in a learner's home when they were last kept or brought back. Knows no lab.
import { z } from 'zod';

export const homeStateSchema = z.enum([
  /** The lab began with what its learner had left in the one before. */
  'restored',
  /** Not all of it could be brought back; it is set aside for the operator. */
  'incomplete',
  /** Kept as it is now. */
  'saved',
  /** Larger than what is kept: what was kept before still is. */
  'too-large',
  /** Could not be kept: what was kept before still is. */
  'failed',
]);
export type HomeState = z.infer<typeof homeStateSchema>;
