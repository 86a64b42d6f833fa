// Goes to a path of a learner one name at a time, and asks of each file system on the way, before anything is
// asked of itself, whether it may be entered: one that a program answers for (FUSE) could keep whoever looks
// waiting for ever. Opens by O_PATH alone. Knows no lab.
import { readFileSync } from 'node:fs';
import { closeDescriptor } from './libc.ts';
import { O_DIRECTORY, O_PATH, openBelow, resolve } from './open-below.ts';
import { SyscallError } from './syscall-error.ts';

const O_NONBLOCK = 0o4000;
const O_NOATIME = 0o1000000;
const BENEATH = resolve.beneath | resolve.noMagicLinks | resolve.noSymlinks;

/** Errors that a learner's files may cause at any time; everything else is a bug. */
const expected = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'EPERM', 'ENAMETOOLONG']);

/** EXDEV is told apart: a mount stands there. */
type Opened = number | 'a mount' | undefined;

function open(directory: number, path: string, how: { flags: number; resolve: number }): Opened {
  try {
    return openBelow(directory, path, how);
  } catch (error) {
    if (!(error instanceof SyscallError)) throw error;
    if (error.errno === 'EXDEV') return 'a mount';
    if (expected.has(error.errno)) return undefined;
    throw error;
  }
}

/**
 * An O_PATH descriptor of what is at `path` below the directory `root`, which the caller closes; undefined when
 * there is nothing, a symbolic link stands in the way, or `mayEnter` refuses a mount on the way, the last one
 * included. It is told the mount's number (mnt_id, proc_pid_fdinfo(5)), which is no other mount's meanwhile.
 */
export function openSteadily(
  root: number,
  path: string,
  mayEnter: (mount: number) => boolean,
): number | undefined {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  let here = open(root, '.', { flags: O_PATH, resolve: BENEATH });
  if (typeof here !== 'number') return undefined;
  if (!mayEnter(mountOf(here))) {
    closeDescriptor(here);
    return undefined;
  }
  for (const name of names) {
    const next = step(here, name, mayEnter);
    closeDescriptor(here);
    if (next === undefined) return undefined;
    here = next;
  }
  return here;
}

function step(
  here: number,
  name: string,
  mayEnter: (mount: number) => boolean,
): number | undefined {
  const within = open(here, name, { flags: O_PATH, resolve: BENEATH | resolve.noOtherMounts });
  if (within !== 'a mount') return within;
  const across = open(here, name, { flags: O_PATH, resolve: BENEATH });
  if (typeof across !== 'number') return undefined;
  if (mayEnter(mountOf(across))) return across;
  closeDescriptor(across);
  return undefined;
}

/** Number of the mount that a descriptor is on: of the kernel alone, whatever the file system. */
function mountOf(descriptor: number): number {
  const text = readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1');
  return Number(/^mnt_id:\s*(\d+)$/m.exec(text)?.[1]);
}

/**
 * A descriptor of the directory at `path` below `directory`, on the same mount, for reading; undefined when there
 * is none. Leaves no access time behind. The caller closes it.
 */
export function openDirectoryOn(directory: number, path: string): number | undefined {
  const flags = O_DIRECTORY | O_NOATIME | O_NONBLOCK;
  const opened = open(directory, path, { flags, resolve: BENEATH | resolve.noOtherMounts });
  return typeof opened === 'number' ? opened : undefined;
}

/** The same of anything, by O_PATH. */
export function openEntryOn(directory: number, path: string): number | undefined {
  const opened = open(directory, path, { flags: O_PATH, resolve: BENEATH | resolve.noOtherMounts });
  return typeof opened === 'number' ? opened : undefined;
}
