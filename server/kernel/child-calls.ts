// What processes in namespaces do, as entries of a call list. A list knows no result of an earlier call; it needs
// none, because open(2) gives the lowest free descriptor: whoever closes 0 gets 0. So the standard input is the
// one descriptor at work in all of them.
import { constants } from 'node:os';
import { constants as files } from 'node:fs';
import type { CallList } from './call-program.ts';
import { O_CLOEXEC } from './libc.ts';
import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  idmapAttributes,
  mountFlags,
  MOVE_MOUNT_F_EMPTY_PATH,
  OPEN_TREE,
  UMOUNT_AT_ONCE,
  type MountOptions,
} from './mounts.ts';
import { loopbackRequest } from './namespaces.ts';

const AT_SYMLINK_NOFOLLOW = 0x100;
const AT_REMOVEDIR = 0x200;
const S_IFCHR = 0o020000;
const PR_SET_DUMPABLE = 4;
const RLIMIT_CORE = 4;
const RLIMIT_NOFILE = 7;
const TIOCSCTTY = 0x540e;
const SIOCSIFFLAGS = 0x8914;
const AF_INET = 2;
const SOCK_DGRAM = 2;
const CLOSE_RANGE_CLOEXEC = 4;
const ALL_DESCRIPTORS = 0xffff_ffff;
const SIG_IGN = 1;
/** sizeof(struct kernel_sigaction) and of its mask: handler, flags, restorer, mask. */
const SIGACTION_BYTES = 32;
const SIGSET_BYTES = 8;
/** sizeof(struct itimerval): interval and value, each seconds and microseconds. */
const ITIMERVAL_BYTES = 32;
const ITIMER_REAL = 0;
/** sizeof(struct clone_args), version 0 (clone(2)): eight 64-bit fields. */
const CLONE_ARGS_BYTES = 64;
const EXIT_SIGNAL_OFFSET = 32;
const CLONE_FILES = 0x400;
/** What eventfd(2) gives and takes. */
const EVENT_BYTES = 8;
/** What is at work: see above. */
const AT_WORK = 0;
/** The directory of keepDirectory. */
const KEPT = 1;

/** A path, or a name in the directory that the process keeps. */
export type FileName = string | { inKept: string };

/** Opens a file that is there as descriptor 0. */
function openAtWork(list: CallList, file: FileName, flags: number): void {
  const [directory, path] = typeof file === 'string' ? [AT_FDCWD, file] : [KEPT, file.inKept];
  list.attempt('close', [AT_WORK]);
  list.call('openat', [directory, path, flags | O_CLOEXEC, 0], path);
}

/** Opens a directory as descriptor 1, for later calls; 0 must be open. */
export function keepDirectory(list: CallList, path: string): void {
  list.attempt('close', [KEPT]);
  list.call('openat', [AT_FDCWD, path, files.O_DIRECTORY | O_CLOEXEC, 0], path);
}

/** Writes `text` into a file that is there. */
export function writeText(list: CallList, file: FileName, text: string): void {
  openAtWork(list, file, files.O_WRONLY);
  list.call('write', [AT_WORK, text, Buffer.byteLength(text)], `${text} to ${nameOf(file)}`);
}

/** From here on nobody without privilege on the machine may trace this process or its children (prctl(2); CVE-2016-9962). */
export function hideFromTracers(list: CallList): void {
  list.call('prctl', [PR_SET_DUMPABLE, 0, 0, 0, 0], 'PR_SET_DUMPABLE');
}

/** Ends this process by SIGALRM in so many seconds; never with 0. A child does not inherit it, a program does. */
export function endAfter(list: CallList, seconds: number): void {
  const timer = Buffer.alloc(ITIMERVAL_BYTES);
  timer.writeBigInt64LE(BigInt(seconds), 16);
  list.call('setitimer', [ITIMER_REAL, timer, 0], 'ITIMER_REAL');
}

/** No core dumps, and so many open files, soft and hard (prlimit(2)). */
export function limitFiles(list: CallList, openFiles: number): void {
  for (const [resource, value] of [
    [RLIMIT_CORE, 0],
    [RLIMIT_NOFILE, openFiles],
  ] as const) {
    const limit = Buffer.alloc(16);
    limit.writeBigUInt64LE(BigInt(value), 0);
    limit.writeBigUInt64LE(BigInt(value), 8);
    list.call('prlimit64', [0, resource, limit, 0], `resource ${resource} to ${value}`);
  }
}

/** Becomes this user, in this user namespace, with the group of the same number and no other. */
export function becomeUser(list: CallList, id: number): void {
  list.call('setgroups', [0, 0], 'none');
  list.call('setresgid', [id, id, id], String(id));
  list.call('setresuid', [id, id, id], String(id));
}

/** Starts a session with the terminal behind `slave` in control, and as the three standard streams. */
export function takeTerminal(list: CallList, slave: number): void {
  list.call('setsid', []);
  list.call('ioctl', [slave, TIOCSCTTY, 0], 'TIOCSCTTY');
  for (const stream of [0, 1, 2]) list.call('dup3', [slave, stream, 0], String(stream));
}

/** The three standard streams are /dev/null of its root directory. */
export function takeNothing(list: CallList): void {
  openAtWork(list, '/dev/null', files.O_RDWR);
  for (const stream of [1, 2]) list.call('dup3', [AT_WORK, stream, 0], String(stream));
}

/** Lets the kernel reap the children of this process (wait(2), NOTES); execve(2) leaves it so. */
export function ignoreEndOfChildren(list: CallList): void {
  const action = Buffer.alloc(SIGACTION_BYTES);
  action.writeBigInt64LE(BigInt(SIG_IGN), 0);
  list.call('rt_sigaction', [constants.signals.SIGCHLD, action, 0, SIGSET_BYTES], 'SIGCHLD');
}

export type Program = {
  path: string;
  args: readonly string[];
  environment: Readonly<Record<string, string>>;
};

/** The last entry of a list: the program in place of this one, with the three standard streams alone. */
export function execute(list: CallList, { path, args, environment }: Program): void {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  list.call('close_range', [3, ALL_DESCRIPTORS, CLOSE_RANGE_CLOEXEC], '3-');
  endAfter(list, 0);
  list.call('execve', [path, args, variables], path);
}

/** The last entry of a list that ends well. */
export function exit(list: CallList): void {
  list.call('exit_group', [0]);
}

export function changeDirectory(list: CallList, path: string): void {
  list.call('chdir', [path], path);
}

export function makeDirectory(list: CallList, path: string, mode: number): void {
  list.call('mkdirat', [AT_FDCWD, path, mode], path);
}

export function removeDirectory(list: CallList, path: string): void {
  list.call('unlinkat', [AT_FDCWD, path, AT_REMOVEDIR], path);
}

/** Gives away what is there, a link itself and not what it points to. */
export function changeOwner(
  list: CallList,
  path: string,
  { user, group }: { user: number; group: number },
): void {
  list.call('fchownat', [AT_FDCWD, path, user, group, AT_SYMLINK_NOFOLLOW], path);
}

export function makeLink(list: CallList, path: string, target: string): void {
  list.call('symlinkat', [target, AT_FDCWD, path], path);
}

/** A character device that everyone may read and write, as /dev/null is. Both numbers are below 256 (makedev(3)). */
export function makeDevice(
  list: CallList,
  path: string,
  { major, minor }: { major: number; minor: number },
): void {
  list.call('mknodat', [AT_FDCWD, path, S_IFCHR | 0o666, (major << 8) | minor], path);
}

/** mount(2) at `target`. */
export function mount(list: CallList, target: string, options: MountOptions): void {
  const { source = 'none', type = 'none', flags = 0, data = 0 } = options;
  list.call('mount', [source, target, type, flags, data], `${type} ${source} on ${target}`);
}

export function bindMount(list: CallList, source: string, target: string): void {
  mount(list, target, { source, flags: mountFlags.bind });
}

/** As bindIdmapped of mounts.ts. */
export function bindIdmapped(
  list: CallList,
  options: { source: string; target: string; userNamespace: number; readOnly: boolean },
): void {
  const { source, target } = options;
  const attributes = idmapAttributes(options);
  list.attempt('close', [AT_WORK]);
  list.call('open_tree', [AT_FDCWD, source, OPEN_TREE], source);
  list.call(
    'mount_setattr',
    [AT_WORK, '', AT_EMPTY_PATH, attributes, attributes.byteLength],
    source,
  );
  list.call('move_mount', [AT_WORK, '', AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH], target);
}

/** Makes the working directory the root; what was the root before is gone for this mount namespace. */
export function pivotInto(list: CallList, oldRootBelow: string): void {
  list.call('pivot_root', ['.', oldRootBelow], oldRootBelow);
  changeDirectory(list, '/');
  list.call('umount2', [`/${oldRootBelow}`, UMOUNT_AT_ONCE], oldRootBelow);
  removeDirectory(list, `/${oldRootBelow}`);
}

export function setHostName(list: CallList, name: string): void {
  list.call('sethostname', [name, name.length], name);
}

/** Switches the loopback device of this network namespace on (netdevice(7), SIOCSIFFLAGS). */
export function switchLoopbackOn(list: CallList): void {
  list.attempt('close', [AT_WORK]);
  list.call('socket', [AF_INET, SOCK_DGRAM | O_CLOEXEC, 0], 'AF_INET');
  list.call('ioctl', [AT_WORK, SIOCSIFFLAGS, loopbackRequest()], 'SIOCSIFFLAGS of lo');
}

export function unshare(list: CallList, flags: number): void {
  list.call('unshare', [flags], `0x${flags.toString(16)}`);
}

/** Joins the namespaces of `flags` that the descriptor stands for (setns(2)). */
export function joinNamespaces(list: CallList, descriptor: number, flags: number): void {
  list.call('setns', [descriptor, flags], `0x${flags.toString(16)}`);
}

/** A child in new namespaces does `branch`. Until it becomes a program both have the same descriptors. */
export function cloneInto(list: CallList, namespaces: number, branch: CallList): void {
  const args = Buffer.alloc(CLONE_ARGS_BYTES);
  args.writeBigUInt64LE(BigInt(namespaces | CLONE_FILES), 0);
  args.writeBigUInt64LE(BigInt(constants.signals.SIGCHLD), EXIT_SIGNAL_OFFSET);
  list.clone(args, branch, `0x${namespaces.toString(16)}`);
}

/** Waits until another process announces it by this descriptor of eventfd(2). */
export function waitFor(list: CallList, event: number): void {
  list.call('read', [event, Buffer.alloc(EVENT_BYTES), EVENT_BYTES], 'event');
}

export function announce(list: CallList, event: number): void {
  const one = Buffer.alloc(EVENT_BYTES);
  one.writeBigUInt64LE(1n);
  list.call('write', [event, one, EVENT_BYTES], 'event');
}

function nameOf(file: FileName): string {
  return typeof file === 'string' ? file : file.inKept;
}
