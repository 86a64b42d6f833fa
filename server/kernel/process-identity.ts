// Who the calling process is to the kernel: ids, limits, its controlling terminal, what others may see of it.
import { checked, declare } from './libc.ts';

const PR_SET_DUMPABLE = 4;
const PR_SET_CHILD_SUBREAPER = 36;
const RLIMIT_CORE = 4;
const RLIMIT_NOFILE = 7;
const TIOCSCTTY = 0x540e;

const prctl = declare(
  'int prctl(int option, uint64 second, uint64 third, uint64 fourth, uint64 fifth)',
);
const setgroups = declare('int setgroups(size_t size, const void *list)');
const setresuid = declare(
  'int setresuid(unsigned int real, unsigned int effective, unsigned int saved)',
);
const setresgid = declare(
  'int setresgid(unsigned int real, unsigned int effective, unsigned int saved)',
);
const setrlimit = declare('int setrlimit(int resource, const void *limit)');
const setsid = declare('int setsid()');
const dup2 = declare('int dup2(int from, int to)');
const ioctlNumber = declare('int ioctl(int fd, uint64 request, int64 value)');

/**
 * From here on nobody without privilege on the machine may trace this process, its copies, or look behind its
 * /proc links (prctl(2), PR_SET_DUMPABLE; CVE-2016-9962): a copy enters a lab before it becomes another program.
 */
export function hideFromTracers(): void {
  checked(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), 'prctl(PR_SET_DUMPABLE)', '0');
}

/** Orphans below this process become its children, not those of the machine's PID 1 (prctl(2)). */
export function adoptOrphans(): void {
  checked(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 'prctl(PR_SET_CHILD_SUBREAPER)', '1');
}

/** Becomes this user, in this user namespace, with the group of the same number and no other. */
export function becomeUser(id: number): void {
  checked(setgroups(0, null), 'setgroups', 'none');
  checked(setresgid(id, id, id), 'setresgid', String(id));
  checked(setresuid(id, id, id), 'setresuid', String(id));
}

/** No core dumps, and so many open files, soft and hard (setrlimit(2)). */
export function limitFiles(openFiles: number): void {
  for (const [resource, value] of [
    [RLIMIT_CORE, 0],
    [RLIMIT_NOFILE, openFiles],
  ] as const) {
    const limit = Buffer.alloc(16);
    limit.writeBigUInt64LE(BigInt(value), 0);
    limit.writeBigUInt64LE(BigInt(value), 8);
    checked(setrlimit(resource, limit), 'setrlimit', String(resource));
  }
}

/** Starts a session with the terminal behind `slave` in control, and as the three standard streams. */
export function takeTerminal(slave: number): void {
  checked(setsid(), 'setsid', '');
  checked(ioctlNumber(slave, TIOCSCTTY, 0), 'ioctl(TIOCSCTTY)', String(slave));
  makeStandardStreams(slave);
}

export function makeStandardStreams(descriptor: number): void {
  for (const stream of [0, 1, 2]) checked(dup2(descriptor, stream), 'dup2', String(stream));
}
