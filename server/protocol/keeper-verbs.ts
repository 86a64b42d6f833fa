// The short list of verbs that link may ask of keeper, as JSON lines on a Unix socket; PTY masters travel
// beside it as file descriptors (SCM_RIGHTS, unix(7)). Knows no socket and no lab.
import { z } from 'zod';
import { homeStateSchema } from './home.ts';
import { labIdSchema, learnerIdSchema, terminalIdSchema, terminalSizeSchema } from './ids.ts';
import { snapshotChangesSchema } from './snapshot-changes.ts';
import { snapshotSchema } from './snapshot.ts';

/** Raised with each change of what follows: link and keeper of different versions must not go on with each other. */
export const KEEPER_VERSION = 2;

const idSchema = z.int().min(0);

/** Absolute path in the lab; where keeper looks it up, symbolic links are not followed. */
export const labPathSchema = z
  .string()
  .max(1024)
  .regex(/^\/[^\0]*$/);

export const keeperRequestSchema = z.discriminatedUnion('verb', [
  /** First request on a connection: which codec link speaks. Another than KEEPER_VERSION is a failure. */
  z.strictObject({ id: idSchema, verb: z.literal('greet'), version: z.int() }),
  /** Makes the lab, or finds it if it exists. Refused by admission: {refused}. */
  z.strictObject({
    id: idSchema,
    verb: z.literal('create-lab'),
    lab: labIdSchema,
    learner: learnerIdSchema,
    address: z.string().min(1).max(64),
  }),
  /** `home`: whether the learner's next lab gets the files back, or starts with an empty home. */
  z.strictObject({
    id: idSchema,
    verb: z.literal('destroy-lab'),
    lab: labIdSchema,
    home: z.enum(['save', 'forget']),
  }),
  /** Stops every process of the lab where it is, or lets all go on. */
  z.strictObject({
    id: idSchema,
    verb: z.literal('freeze-lab'),
    lab: labIdSchema,
    frozen: z.boolean(),
  }),
  /** Opens a PTY of the lab with a login shell of student; its master follows on the fd channel. */
  z.strictObject({
    id: idSchema,
    verb: z.literal('open-terminal'),
    lab: labIdSchema,
    terminal: terminalIdSchema,
    size: terminalSizeSchema,
  }),
  /** Sends the master of a living terminal again (after a restart of link). */
  z.strictObject({
    id: idSchema,
    verb: z.literal('send-terminal'),
    lab: labIdSchema,
    terminal: terminalIdSchema,
  }),
  z.strictObject({
    id: idSchema,
    verb: z.literal('close-terminal'),
    lab: labIdSchema,
    terminal: terminalIdSchema,
  }),
  /** One observation, with what is at these paths. */
  z.strictObject({
    id: idSchema,
    verb: z.literal('observe'),
    lab: labIdSchema,
    paths: z.array(labPathSchema).max(32),
    /** Whether processes that live for a moment are to be caught from now on, for as long as looks go on. */
    passing: z.boolean(),
    /** Whether somebody looks at it: then it also has what no check asks for, overlays and namespaces. */
    drawn: z.boolean(),
    /** `at` of the snapshot of this lab that link has, and is told the changes of; null without one. */
    since: z.number().nullable(),
    /** Whether network namespaces are looked into, which costs a process. */
    networks: z.boolean(),
  }),
]);
export type KeeperRequest = z.infer<typeof keeperRequestSchema>;
export type ObserveWish = Readonly<
  Pick<Extract<KeeperRequest, { verb: 'observe' }>, 'paths' | 'passing' | 'drawn' | 'networks'>
>;
export type KeeperVerb = KeeperRequest['verb'];

const labStateSchema = z.strictObject({
  lab: labIdSchema,
  learner: learnerIdSchema,
  address: z.string(),
  /** Milliseconds since the epoch. */
  createdAt: z.number(),
  frozen: z.boolean(),
  /** What last became of the learner's files; null when there was nothing to bring back and nothing is kept yet. */
  home: homeStateSchema.nullable(),
  terminals: z.array(terminalIdSchema),
});
export type LabState = z.infer<typeof labStateSchema>;

/** What a refusal by admission says; it is no error. */
export const refusalSchema = z.strictObject({
  reason: z.enum(['labs', 'address', 'disk']),
});
export type Refusal = z.infer<typeof refusalSchema>;

/** The value of a successful answer, by verb. */
export const keeperResultSchemas = {
  greet: z.strictObject({
    labs: z.array(labStateSchema),
    capacity: z.int(),
    terminalsPerLab: z.int(),
  }),
  'create-lab': z.union([
    z.strictObject({ state: labStateSchema, created: z.boolean() }),
    z.strictObject({ refused: refusalSchema }),
  ]),
  'destroy-lab': z.strictObject({}),
  'freeze-lab': z.strictObject({}),
  /** `descriptor` is the number that the fd channel's message carries beside the descriptor. */
  'open-terminal': z.strictObject({ descriptor: idSchema }),
  'send-terminal': z.strictObject({ descriptor: idSchema }),
  'close-terminal': z.strictObject({}),
  /**
   * `nothing`: nothing has happened since the snapshot that link has. `changes`: from that one on. `whole`: without
   * one, or when keeper remembers another.
   */
  observe: z.discriminatedUnion('news', [
    z.strictObject({ news: z.literal('nothing') }),
    z.strictObject({ news: z.literal('changes'), changes: snapshotChangesSchema }),
    z.strictObject({ news: z.literal('whole'), snapshot: snapshotSchema }),
  ]),
} as const satisfies Record<KeeperVerb, z.ZodType>;
export type KeeperResult<V extends KeeperVerb> = z.infer<(typeof keeperResultSchemas)[V]>;

/** keeper → link: an answer to the request with that id, or an event without one. */
export const keeperMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('result'), id: idSchema, value: z.unknown() }),
  z.strictObject({
    type: z.literal('failure'),
    id: idSchema,
    /** A code that link can act on, and a sentence that says what failed and what to do. */
    code: z.enum(['no-such-lab', 'no-such-terminal', 'limit', 'busy', 'failed']),
    sentence: z.string(),
  }),
  /** A terminal's shell ended. */
  z.strictObject({
    type: z.literal('terminal-exit'),
    lab: labIdSchema,
    terminal: terminalIdSchema,
    code: z.int().nullable(),
    signal: z.int().nullable(),
  }),
  /** A lab is gone without link having asked (its PID 1 died, it was destroyed by the operator). */
  z.strictObject({ type: z.literal('lab-gone'), lab: labIdSchema }),
  /** The files of a lab were kept, or could not be. */
  z.strictObject({ type: z.literal('home'), lab: labIdSchema, home: homeStateSchema }),
]);
export type KeeperMessage = z.infer<typeof keeperMessageSchema>;
