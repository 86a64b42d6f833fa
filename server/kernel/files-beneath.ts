// Looks at files that a learner controls without ever leaving their root or following a link: openat2(2)
// with RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS, O_PATH only, so that no FIFO, device or file is opened.
import { fstatSync, statfsSync, type BigIntStats } from 'node:fs';
import { closeDescriptor, declare, openDirectoryPath } from './libc.ts';
import { O_PATH, openBelow, resolve } from './open-below.ts';
import { SyscallError } from './syscall-error.ts';

const FOLLOW_NOTHING = resolve.inRoot | resolve.noMagicLinks | resolve.noSymlinks;

/** Runs `look` with an O_PATH descriptor of a directory, such as /proc/PID/root, and closes it. */
export function withRoot<T>(path: string, look: (root: number) => T): T {
  const root = openDirectoryPath(path);
  try {
    return look(root);
  } finally {
    closeDescriptor(root);
  }
}

/**
 * What is at `path` below `root`, itself not followed when it is a link; undefined when nothing is there,
 * or a symbolic link stands in the way. 64-bit numbers, as inode numbers need.
 */
export function lookBeneath(root: number, path: string): BigIntStats | undefined {
  const fd = openBeneath(root, path, FOLLOW_NOTHING);
  if (fd === undefined) return undefined;
  try {
    return fstatSync(fd, { bigint: true });
  } finally {
    closeDescriptor(fd);
  }
}

/** statfs(2), and the inode of every procfs's root (linux/proc_ns.h). */
const PROC_SUPER_MAGIC = 0x9fa0;
const PROC_ROOT_INO = 1;

/**
 * Target of a link in the proc(5) that is mounted at `proc` below `root`, such as 1/ns/pid; undefined when there is
 * none. What a learner can make that looks like one is none: a directory with such links in it, a part of another
 * proc, or one mounted in it.
 */
export function readLinkOfProc(root: number, path: string): string | undefined {
  const proc = openBeneath(root, 'proc', FOLLOW_NOTHING);
  if (proc === undefined) return undefined;
  try {
    const isProc =
      statfsSync(`/proc/self/fd/${proc}`).type === PROC_SUPER_MAGIC &&
      fstatSync(proc).ino === PROC_ROOT_INO;
    const link = isProc
      ? openBeneath(proc, path, FOLLOW_NOTHING | resolve.noOtherMounts)
      : undefined;
    if (link === undefined) return undefined;
    try {
      return readLinkOf(link);
    } finally {
      closeDescriptor(link);
    }
  } finally {
    closeDescriptor(proc);
  }
}

const readlinkat = declare(
  'int64 readlinkat(int directory, const char *path, void *buffer, size_t size)',
);
const LINK_BYTES = 4096;

function readLinkOf(fd: number): string | undefined {
  const buffer = Buffer.alloc(LINK_BYTES);
  const length = readlinkat(fd, '', buffer, buffer.length);
  return length < 0 ? undefined : buffer.toString('utf8', 0, length);
}

/** Errors that a learner's files may cause at any time; everything else is a bug. */
const expected = new Set([
  'ENOENT',
  'ENOTDIR',
  'ELOOP',
  'EACCES',
  'EXDEV',
  'ENAMETOOLONG',
  'ESRCH',
  'EAGAIN',
]);

function openBeneath(root: number, path: string, rules: number): number | undefined {
  try {
    return openBelow(root, path, { flags: O_PATH, resolve: rules });
  } catch (error) {
    if (error instanceof SyscallError && expected.has(error.errno)) return undefined;
    throw error;
  }
}
