// Why a check does not hold yet: the first part of its expression that is false, as an id and parameters, never
// as a sentence. Knows no CEL.
import { z } from 'zod';
import { checkIdSchema } from './ids.ts';
import { namespaceKinds } from './snapshot.ts';

const kindSchema = z.enum(namespaceKinds);
const pathSchema = z.string().max(1024);

/** What is looked for, or looked through. */
const thingSchema = z.enum([
  'process',
  'container',
  'ended',
  'mount',
  'network',
  'group',
  'link',
  'route',
  'rule',
]);
export type Thing = z.infer<typeof thingSchema>;

/** A part that is about one thing alone. */
const plainSchema = z.discriminatedUnion('say', [
  /** Its root is the directory at `path`, or is not. */
  z.strictObject({ say: z.literal('rooted'), path: pathSchema }),
  z.strictObject({ say: z.literal('root-of-lab') }),
  /** It shares this namespace with the lab. */
  z.strictObject({ say: z.literal('namespace-of-lab'), kind: kindSchema }),
  z.strictObject({ say: z.literal('namespace-own'), kind: kindSchema }),
  /** Its /proc shows the processes of its own PID namespace, or those of the lab. */
  z.strictObject({ say: z.literal('proc-own') }),
  z.strictObject({ say: z.literal('proc-of-lab') }),
  /** It runs the program of this file name. */
  z.strictObject({ say: z.literal('program'), name: z.string().max(200) }),
  z.strictObject({ say: z.literal('not-init') }),
  z.strictObject({ say: z.literal('pid-one') }),
  z.strictObject({ say: z.literal('signal'), number: z.int() }),
  /** Signal 9 ended it, sent by a process, or by the kernel of itself. */
  z.strictObject({ say: z.literal('killed-by-process') }),
  z.strictObject({ say: z.literal('killed-by-kernel') }),
  /** Something is mounted there, of this type if one is named; or nothing is. */
  z.strictObject({ say: z.literal('mounted'), path: pathSchema, type: z.string().max(64) }),
  z.strictObject({ say: z.literal('not-mounted'), path: pathSchema }),
  z.strictObject({ say: z.literal('file'), path: pathSchema, kind: z.string().max(20) }),
  /** Both lie on the same file system: nothing is mounted over the first. */
  z.strictObject({ say: z.literal('same-disk'), path: pathSchema, as: pathSchema }),
  z.strictObject({ say: z.literal('owned-by-root'), path: pathSchema }),
  z.strictObject({ say: z.literal('larger'), path: pathSchema, bytes: z.int() }),
  /** No process has that root any more. */
  z.strictObject({ say: z.literal('nobody-rooted'), path: pathSchema }),
  /** It lives now; it is another than the one before; both are in the same namespace. */
  z.strictObject({ say: z.literal('alive') }),
  z.strictObject({ say: z.literal('another') }),
  z.strictObject({ say: z.literal('same-namespace'), kind: kindSchema }),
  /** Of mounts and links. */
  z.strictObject({ say: z.literal('of-type'), type: z.string().max(64) }),
  z.strictObject({ say: z.literal('at'), path: pathSchema }),
  z.strictObject({ say: z.literal('named'), name: z.string().max(200) }),
  z.strictObject({ say: z.literal('up') }),
  /** A part that has no words: CEL as the author wrote it. */
  z.strictObject({ say: z.literal('expression'), source: z.string().max(2000) }),
  /** Nothing was judged, since the lab holds more than a look tells: so many processes were told, and so many mounts
   * of the fullest mount namespace. */
  z.strictObject({ say: z.literal('too-much'), processes: z.int(), mounts: z.int() }),
  /** The part is about cgroups, of which this lab has so many more than a look tells. */
  z.strictObject({ say: z.literal('too-many-groups'), more: z.int() }),
]);
export type PlainAtom = z.infer<typeof plainSchema>;

const eachSchema = z.array(plainSchema).max(8);

const atomSchema = z.discriminatedUnion('say', [
  ...plainSchema.options,
  /** So many things that have all of `each`. */
  z.strictObject({
    say: z.literal('count'),
    over: thingSchema,
    comparison: z.enum(['>=', '>', '==', '<', '<=']),
    number: z.int(),
    each: eachSchema,
  }),
  /** Every one has all of `each`, or one has. */
  z.strictObject({ say: z.literal('every'), over: thingSchema, each: eachSchema }),
  z.strictObject({ say: z.literal('some'), over: thingSchema, each: eachSchema }),
  /** One of these. */
  z.strictObject({ say: z.literal('either'), each: eachSchema }),
]);
export type Atom = z.infer<typeof atomSchema>;

export const reasonSchema = z.strictObject({
  check: checkIdSchema,
  /** What kind of thing is looked for; null when the part is about the lab itself. */
  over: thingSchema.nullable(),
  /** What such a thing has already: the parts before the one that is missing. */
  met: z.array(atomSchema).max(16),
  /** The first part that is false. */
  missing: atomSchema,
});
export type Reason = z.infer<typeof reasonSchema>;
