// Goes to a path of a learner one name at a time, and asks of each file system on the way, before anything is
// asked of itself, whether it may be entered: one that a program answers for (FUSE) could keep whoever looks
// waiting for ever. Opens by O_PATH alone. Knows no lab.
import { readFileSync } from 'node:fs';
import { checked, closeDescriptor, declare } from './libc.ts';
import { SyscallError } from './syscall-error.ts';

const SYS_openat2 = 437;
const O_NONBLOCK = 0o4000;
const O_DIRECTORY = 0o200000;
const O_NOFOLLOW = 0o400000;
const O_NOATIME = 0o1000000;
const O_CLOEXEC = 0o2000000;
const O_PATH = 0o10000000;
const RESOLVE_NO_XDEV = 0x01;
const RESOLVE_NO_MAGICLINKS = 0x02;
const RESOLVE_NO_SYMLINKS = 0x04;
const RESOLVE_BENEATH = 0x08;
const BENEATH = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS;
/** sizeof(struct open_how): flags, mode, resolve (openat2(2)). */
const OPEN_HOW_BYTES = 24;

const openat2 = declare(
  'int64 syscall(int64 number, int directory, const char *path, void *how, size_t size)',
);

/** Errors that a learner's files may cause at any time; everything else is a bug. */
const expected = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'EPERM', 'ENAMETOOLONG']);

/** EXDEV is told apart: a mount stands there. */
type Opened = number | 'a mount' | undefined;

function open(directory: number, path: string, how: { flags: number; resolve: number }): Opened {
  const bytes = Buffer.alloc(OPEN_HOW_BYTES);
  bytes.writeBigUInt64LE(BigInt(how.flags | O_NOFOLLOW | O_CLOEXEC), 0);
  bytes.writeBigUInt64LE(BigInt(how.resolve), 16);
  try {
    return checked(openat2(SYS_openat2, directory, path, bytes, OPEN_HOW_BYTES), 'openat2', path);
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
  const within = open(here, name, { flags: O_PATH, resolve: BENEATH | RESOLVE_NO_XDEV });
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
  const opened = open(directory, path, { flags, resolve: BENEATH | RESOLVE_NO_XDEV });
  return typeof opened === 'number' ? opened : undefined;
}

/** The same of anything, by O_PATH. */
export function openEntryOn(directory: number, path: string): number | undefined {
  const opened = open(directory, path, { flags: O_PATH, resolve: BENEATH | RESOLVE_NO_XDEV });
  return typeof opened === 'number' ? opened : undefined;
}
