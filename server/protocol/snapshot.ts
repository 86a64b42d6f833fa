// The snapshot: one typed observation of a lab by the kernel, taken from outside by keeper.
// Every field names its kernel source. Text that a learner controls (argv, names, paths) is data to be
// escaped by whoever shows it, never markup. Host PIDs and host uids do not appear: the lab is the host.
import { z } from 'zod';
import { networkSchema } from './network.ts';
import { namespaceIdSchema } from './namespace-id.ts';
import { OVERLAYS, overlaySchema } from './snapshot-layers.ts';
import { namespaceSchema } from './snapshot-namespaces.ts';

export { namespaceIdSchema, namespaceKinds, type NamespaceKind } from './namespace-id.ts';

export const namespacesSchema = z.strictObject({
  cgroup: namespaceIdSchema,
  ipc: namespaceIdSchema,
  mnt: namespaceIdSchema,
  net: namespaceIdSchema,
  pid: namespaceIdSchema,
  time: namespaceIdSchema,
  user: namespaceIdSchema,
  uts: namespaceIdSchema,
});

/** A directory as the kernel tells it apart: st_dev (as major:minor) and st_ino (stat(2)). */
export const placeSchema = z.strictObject({
  /** Path as seen from the lab's root (readlink of /proc/PID/root or cwd); cut at 4096 bytes. */
  path: z.string().max(4200),
  device: z.string(),
  inode: z.string(),
});
export type Place = z.infer<typeof placeSchema>;

export const processSchema = z.strictObject({
  /** PID in the lab's PID namespace (second number of NSpid in /proc/PID/status, proc(5)). */
  pid: z.int().min(1),
  /** PIDs from the lab inward; the last is the PID the process sees itself by (NSpid). */
  pids: z.array(z.int().min(1)).min(1).max(33),
  /** PID of the parent in the lab; 0 when the parent is outside the lab (PPid). */
  parent: z.int().min(0),
  /** Clock ticks after boot at which it started (field 22 of /proc/PID/stat): with pid, an identity. */
  startTime: z.int().min(0),
  /** Real and effective user as the lab counts them; 65534 when the lab has no name for it (Uid). */
  user: z.strictObject({
    real: z.int(),
    effective: z.int(),
    /** The same two as its own user namespace counts them (/proc/PID/uid_map, user_namespaces(7)), 65534 where that
     * has no number for it; null in the lab's user namespace, and when it had ended before it could be asked. */
    inside: z.strictObject({ real: z.int(), effective: z.int() }).nullable(),
  }),
  /** One letter: R S D Z T t X I (field 3 of /proc/PID/stat). */
  state: z.string().length(1),
  /** Name of the program, at most 15 bytes (/proc/PID/comm). */
  name: z.string().max(64),
  /** argv, each cut at 256 characters, 32 of them at most (/proc/PID/cmdline); empty for a zombie. */
  command: z.array(z.string()).max(32),
  /** Path of the program (/proc/PID/exe), null when it cannot be read. */
  executable: z.string().nullable(),
  /** Root directory (/proc/PID/root), null for a zombie. */
  root: placeSchema.nullable(),
  /** Working directory (/proc/PID/cwd), null for a zombie. */
  workingDirectory: placeSchema.nullable(),
  /** The eight namespaces it is in (/proc/PID/ns/*), null for a zombie. */
  namespaces: namespacesSchema.nullable(),
  /** PID namespace its next child will be in (/proc/PID/ns/pid_for_children); null before the first. */
  childPidNamespace: namespaceIdSchema.nullable(),
  /** PID namespace whose processes the /proc under its root shows (the ns/pid of PID 1 there, read
   * through /proc/PID/root); null when no proc is mounted there. Read once for all that have the lab's root, mount
   * and PID namespace, and for each of the others. */
  procNamespace: namespaceIdSchema.nullable(),
  /** Path of the cgroup that it is in, as in `groups`; on v1 in the hierarchy of the pids controller (cgroup.procs,
   * cgroups(7)). Null for a zombie, which the kernel lists in none, and for one that has ended. */
  group: z.string().max(1024).nullable(),
  /** Number N of its controlling terminal /dev/pts/N in the lab (field 7 of /proc/PID/stat), or null. */
  terminal: z.int().min(0).nullable(),
  /** Seccomp mode 0, 1 or 2 and no_new_privs (/proc/PID/status). */
  seccomp: z.int().min(0).max(2),
  noNewPrivileges: z.boolean(),
  /** The five sets of capabilities(7), hexadecimal (CapEff, CapPrm, CapInh, CapAmb, CapBnd of /proc/PID/status). */
  capabilities: z.strictObject({
    effective: z.string(),
    permitted: z.string(),
    inheritable: z.string(),
    ambient: z.string(),
    bounding: z.string(),
  }),
});
export type ObservedProcess = z.infer<typeof processSchema>;

export const propagations = ['private', 'shared', 'slave', 'shared-slave', 'unbindable'] as const;
export type Propagation = (typeof propagations)[number];

export const mountSchema = z.strictObject({
  /** Number of the mount while it is there, and that of the mount it stands on (fields 1 and 2 of
   * /proc/PID/mountinfo, proc_pid_mountinfo(5)); the topmost stands on one that is not in its namespace. */
  id: z.int().min(0),
  parent: z.int().min(0),
  /** Path of the mount point as seen from the root of that mount namespace's lab (/proc/PID/mountinfo). */
  target: z.string().max(4200),
  /** Directory of the file system that is mounted here (field 4 of mountinfo). */
  root: z.string().max(4200),
  /** File system type and source (after the hyphen in mountinfo). */
  type: z.string().max(64),
  source: z.string().max(4200),
  /** Per-mount options (field 6). */
  options: z.array(z.string().max(256)).max(64),
  /** Whether mounts below it reach its peers, come from others, both, or neither (mount_namespaces(7), "shared
   * subtrees"; optional fields, 7 of mountinfo). */
  propagation: z.enum(propagations),
  /** Number of the group that it shares with (`shared:N`), and of the one that it takes from (`master:N`); null
   * without. */
  peerGroup: z.int().min(0).nullable(),
  master: z.int().min(0).nullable(),
  /** Directories of an overlay, as whoever mounted it named them: lower ones from the topmost down, upper and work
   * (lowerdir, upperdir, workdir in the last field of mountinfo; overlayfs, kernel docs). Null for another file
   * system, and for the lab's own root, whose layers are the lab host's. */
  layers: z
    .strictObject({
      lower: z.array(z.string().max(4200)).max(64),
      upper: z.string().max(4200).nullable(),
      work: z.string().max(4200).nullable(),
    })
    .nullable(),
});
export type ObservedMount = z.infer<typeof mountSchema>;

/** What one path that a step asked about is, seen through the lab's root with openat2(2)
 * RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS, never opened for reading. */
const fileSchema = z.strictObject({
  kind: z.enum(['directory', 'file', 'symlink', 'device', 'other', 'absent']),
  device: z.string(),
  inode: z.string(),
  /** Owner as the lab counts; 65534 when it has no name for it. */
  user: z.int(),
  mode: z.int(),
  size: z.int(),
});
export type ObservedFile = z.infer<typeof fileSchema>;

const usedSchema = z.number().min(0);

/** A cgroup of the lab with its limits and use, from the files of either version (kernel docs, cgroup-v1 and
 * cgroup-v2); a limit is null where there is none, a part where its controller is not to be had. */
export const groupSchema = z.strictObject({
  /** From the root of the lab's cgroup namespace (cgroup_namespaces(7)). `/` is the lab as a whole, with the
   * limits that its root cannot raise. */
  path: z.string().max(1024),
  /** Bytes (v1 memory.usage_in_bytes, memory.limit_in_bytes; v2 memory.current, memory.max), and processes
   * that were killed for want of them (oom_kill of memory.oom_control or memory.events). */
  memory: z
    .strictObject({ used: usedSchema, limit: usedSchema.nullable(), kills: usedSchema })
    .nullable(),
  /** Processes and threads (pids.current, pids.max), and forks that were refused (max of pids.events). */
  processes: z
    .strictObject({ used: usedSchema, limit: usedSchema.nullable(), refused: usedSchema })
    .nullable(),
  /** Time used so far (v1 cpuacct.usage, v2 usage_usec of cpu.stat), how many processors may be used at once
   * (v1 cpu.cfs_quota_us / cpu.cfs_period_us, v2 cpu.max), and periods in which it had to wait
   * (nr_throttled of cpu.stat). */
  processor: z
    .strictObject({
      usedMicroseconds: usedSchema,
      cores: usedSchema.nullable(),
      throttled: usedSchema,
    })
    .nullable(),
});
export type ObservedGroup = z.infer<typeof groupSchema>;

/** The end of a process, from the kernel's proc connector (PROC_EVENT_EXIT, linux/cn_proc.h). */
const exitSchema = z.strictObject({
  pid: z.int().min(1),
  startTime: z.int().min(0),
  /** Exit status 0-255, or null when a signal ended it (wait(2)). */
  code: z.int().min(0).max(255).nullable(),
  signal: z.int().min(1).max(64).nullable(),
  /**
   * Who sent signal 9 (signal:signal_generate, include/trace/events/signal.h): a process, as by kill(2); the kernel,
   * while another process ran, as when a PID namespace ends; or the kernel while the process itself ran, by a limit of
   * its own, or the process in the kernel's name. `missed` when too many were sent at a time; null for another end,
   * where the lab host's kernel does not tell, and while a processor that came on was not listened to yet.
   */
  sender: z.enum(['process', 'kernel', 'itself', 'missed']).nullable(),
});
export type ObservedExit = z.infer<typeof exitSchema>;

export const snapshotSchema = z.strictObject({
  version: z.literal(3),
  /** Milliseconds since the epoch when the observation began. */
  at: z.number(),
  /** The lab's own PID 1, and with it the namespaces and root that count as "the lab". */
  lab: z.strictObject({ namespaces: namespacesSchema, root: placeSchema }),
  processes: z.array(processSchema).max(1024),
  /** Mounts by id of mount namespace. */
  mounts: z.record(z.string(), z.array(mountSchema).max(512)),
  /**
   * Processes that ran a program and ended since the previous snapshot of this lab, as they were seen in between;
   * only where they were asked for. What lives for less than some 20 ms, or never calls execve(2), may be missing:
   * the proc connector (linux/cn_proc.h) tells of a program, and what it is in is read a few milliseconds later.
   */
  passed: z.array(processSchema).max(128),
  /** Overlays that the learner has mounted; empty while nobody looks. */
  overlays: z.array(overlaySchema).max(OVERLAYS),
  /** How many more of them there are in `mounts`: beyond so many, or with more to tell than a snapshot holds. */
  moreOverlays: z.int().min(0),
  /** Namespaces besides the lab's own; empty while nobody looks. */
  namespaces: z.array(namespaceSchema).max(256),
  /** How many more of them were found. */
  moreNamespaces: z.int().min(0),
  /** The lab as a whole first, then the groups that its root has made. */
  groups: z.array(groupSchema).max(64),
  /** How many more there are beside them; those below these are not counted. */
  moreGroups: z.int().min(0),
  /** Network namespaces by id, the lab's and those that its root has made; null when they were not asked for, or the
   * kernel did not answer in time. */
  networks: z.record(namespaceIdSchema, networkSchema).nullable(),
  /** True when one of them did not answer, or whoever it was to be asked through has gone: it is missing. */
  networksMissing: z.boolean(),
  /** By the path that was asked for (absolute, as in the lab). */
  files: z.record(z.string(), fileSchema),
  /** Ends seen since the previous snapshot of this lab; processes never observed alive are left out. */
  exits: z.array(exitSchema).max(1024),
  /** True when a limit of this schema cut something. */
  truncated: z.boolean(),
});
export type Snapshot = z.infer<typeof snapshotSchema>;
