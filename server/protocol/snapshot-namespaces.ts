// What a snapshot says of namespaces that no process is asked about: to whom they belong, and what keeps those
// that no process is in. Read only while somebody looks.
import { z } from 'zod';
import { namespaceIdSchema, namespaceKinds } from './namespace-id.ts';

/** What keeps a namespace besides the processes in it (namespaces(7), "namespace lifetime"). */
const keeperSchema = z.discriminatedUnion('by', [
  /** A bind mount of its file: an entry of type nsfs in /proc/PID/mountinfo, whose root is `net:[4026532300]`. */
  z.strictObject({
    by: z.literal('mount'),
    /** Mount namespace that the mount is in. */
    namespace: namespaceIdSchema,
    target: z.string().max(4200),
  }),
  /** An open file: a link `net:[4026532300]` in /proc/PID/fd of a process of the lab. */
  z.strictObject({
    by: z.literal('descriptor'),
    pid: z.int().min(1),
    descriptor: z.int().min(0),
  }),
]);
export type NamespaceKeeper = z.infer<typeof keeperSchema>;

/**
 * A namespace other than the lab's own eight. Those are owned by the lab's user namespace, and what is above them
 * is outside of the lab.
 */
export const namespaceSchema = z.strictObject({
  kind: z.enum(namespaceKinds),
  id: namespaceIdSchema,
  /** User namespace whose capabilities count in it; for a user namespace, the one above it (NS_GET_USERNS,
   * ioctl_nsfs(2)). Null when it could not be asked. */
  owner: namespaceIdSchema.nullable(),
  /** The one above it, of PID and user namespaces (NS_GET_PARENT, ioctl_nsfs(2)); null for other kinds. */
  parent: namespaceIdSchema.nullable(),
  /** The first of them; empty for one that only its processes, or namespaces below it, keep. */
  keepers: z.array(keeperSchema).max(8),
});
export type ObservedNamespace = z.infer<typeof namespaceSchema>;
