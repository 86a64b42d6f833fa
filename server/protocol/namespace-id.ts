// What namespaces are called: the eight kinds, and the number of each. Knows no snapshot.
import { z } from 'zod';

/** Namespace id: the inode number of the nsfs file, as /proc/PID/ns/* shows it (namespaces(7)). */
export const namespaceIdSchema = z.string().regex(/^\d{1,20}$/);

export const namespaceKinds = [
  'cgroup',
  'ipc',
  'mnt',
  'net',
  'pid',
  'time',
  'user',
  'uts',
] as const;
export type NamespaceKind = (typeof namespaceKinds)[number];
