// What keeper asks of its spawner and what it hears back, one JSON value a line over the spawner's standard
// input and output. Knows no process.
import { z } from 'zod';
import { limitsSchema } from '../../foundation/child-setup.ts';

/** A process told apart from a later one with the same PID (proc_pid_stat(5), field 22). */
const identitySchema = z.strictObject({ pid: z.int(), startTime: z.int() });

const hierarchySchema = z.strictObject({
  version: z.union([z.literal(1), z.literal(2)]),
  mountPoint: z.string(),
  controllers: z.array(z.string()).readonly(),
});

const makeLabSchema = z.strictObject({
  type: z.literal('make-lab'),
  id: z.int(),
  /** Directory in which the lab is put together, with the directory `root` below it. */
  place: z.string(),
  /** keeper's mount of the lab's devpts. */
  pts: z.string(),
  /** Root directory of the labs' Debian. */
  tree: z.string(),
  /** Disk image of the lab. */
  image: z.string(),
  slot: z.int(),
  /** Host id of the lab's root. */
  base: z.int(),
  /** The spawner's own descriptor of the slot's user namespace, from `prepare-slot`. */
  outer: z.int(),
  hierarchies: z.array(hierarchySchema),
  limits: limitsSchema,
});
export type MakeLab = z.infer<typeof makeLabSchema>;

const enterLabSchema = z.strictObject({
  type: z.literal('enter-lab'),
  id: z.int(),
  init: identitySchema,
  /** Files into which the new process writes 0 to join the lab's cgroups. */
  joinFiles: z.array(z.string()),
  /** The spawner's path of the terminal's slave. */
  slave: z.string(),
  user: z.int(),
  openFiles: z.int(),
  program: z.string(),
  args: z.array(z.string()),
  environment: z.record(z.string(), z.string()),
  /** Working directory in the lab; the root directory when it is not there. */
  directory: z.string(),
});
export type EnterLab = z.infer<typeof enterLabSchema>;

const prepareSlotSchema = z.strictObject({
  type: z.literal('prepare-slot'),
  id: z.int(),
  base: z.int(),
  /** Values of /proc/sys/user, by file name (namespaces(7)). */
  counts: z.record(z.string(), z.int()),
});
export type PrepareSlot = z.infer<typeof prepareSlotSchema>;

const copyImageSchema = z.strictObject({
  type: z.literal('copy-image'),
  id: z.int(),
  from: z.string(),
  to: z.string(),
});
export type CopyImage = z.infer<typeof copyImageSchema>;

export const spawnerRequestSchema = z.discriminatedUnion('type', [
  makeLabSchema,
  enterLabSchema,
  prepareSlotSchema,
  copyImageSchema,
]);
export type SpawnerRequest = z.infer<typeof spawnerRequestSchema>;

export const spawnerReportSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  /** A process of a lab runs: its PID 1, or what entered it. */
  z.strictObject({ type: z.literal('started'), id: z.int(), process: identitySchema }),
  z.strictObject({ type: z.literal('prepared'), id: z.int(), outer: z.int() }),
  z.strictObject({ type: z.literal('copied'), id: z.int() }),
  z.strictObject({ type: z.literal('failed'), id: z.int(), sentence: z.string() }),
  /** A process that it started has ended. */
  z.strictObject({
    type: z.literal('ended'),
    pid: z.int(),
    code: z.int().nullable(),
    signal: z.int().nullable(),
  }),
]);
export type SpawnerReport = z.infer<typeof spawnerReportSchema>;
