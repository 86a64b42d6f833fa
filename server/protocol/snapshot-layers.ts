// What a snapshot says of the overlays that a lab's learner has mounted: their layers, and what the upper one
// hides. Read only while somebody looks. Paths are a learner's text.
import { z } from 'zod';

const pathSchema = z.string().max(4200);

/** Overlays of which a snapshot tells, in the order of mountinfo; of more it says how many. */
export const OVERLAYS = 32;
/** At most so many of each kind; more are cut, and `isCut` says so. */
export const UPPER_PATHS = 64;

/** What the upper layer holds, as paths from it, without a slash at their begin; sorted. */
const upperSchema = z.strictObject({
  /** What hides an entry of a lower layer: a character device 0:0, or an empty file with the extended attribute
   * trusted.overlay.whiteout or user.overlay.whiteout in a directory whose `opaque` is "x" (overlayfs, kernel
   * docs, "whiteouts and opaque directories"). */
  whiteouts: z.array(pathSchema).max(UPPER_PATHS),
  /** Directories that hide all of the directory of this name below: trusted.overlay.opaque or
   * user.overlay.opaque is "y". */
  opaques: z.array(pathSchema).max(UPPER_PATHS),
  /** Everything else that is no directory: made there, or copied up. */
  files: z.array(pathSchema).max(UPPER_PATHS),
  /** True when not everything was looked at: too much of it, or too deep. */
  isCut: z.boolean(),
});
export type ObservedUpper = z.infer<typeof upperSchema>;

export const overlaySchema = z.strictObject({
  /** Number of the file system, major:minor (field 3 of /proc/PID/mountinfo): the same wherever it is mounted. */
  device: z.string().max(32),
  /** Where it is mounted: ids of mount namespaces, and the numbers of its mounts there. */
  mounts: z.array(z.strictObject({ namespace: z.string(), id: z.int().min(0) })).max(32),
  /** Layers that are read, the topmost first, as the lab sees them (lowerdir, lowerdir+ and datadir+ of the
   * file system's options in mountinfo). What was given from a working directory that is no longer known stays
   * relative. */
  lowers: z.array(pathSchema).max(32),
  /** The layer that is written (upperdir), and where the kernel prepares what goes there (workdir); null for an
   * overlay that is read only. */
  upper: pathSchema.nullable(),
  work: pathSchema.nullable(),
  /** What is in the upper layer; null when it could not be found or must not be looked at, as on FUSE. */
  holds: upperSchema.nullable(),
});
export type ObservedOverlay = z.infer<typeof overlaySchema>;
