// Namespaces of the calling process: unshare(2), setns(2), and what their first process sets in them. Knows
// no lab.
import { checked, closeDescriptor, declare } from './libc.ts';
import { detachMount } from './mounts.ts';
import { SyscallError } from './syscall-error.ts';

/** Flags of clone(2). */
export const namespaceFlags = {
  time: 0x80,
  mount: 0x20000,
  cgroup: 0x2000000,
  uts: 0x4000000,
  ipc: 0x8000000,
  user: 0x10000000,
  pid: 0x20000000,
  net: 0x40000000,
} as const;

const SYS_PIDFD_OPEN = 434;
/** pivot_root(2) by architecture: glibc has no function for it. */
const SYS_PIVOT_ROOT = process.arch === 'arm64' ? 41 : 155;
const AF_INET = 2;
const SOCK_DGRAM_CLOEXEC = 2 | 0o2000000;
const SIOCSIFFLAGS = 0x8914;
const IFF_UP = 1;
/** sizeof(struct ifreq), netdevice(7); the flags follow the name of 16 bytes. */
const IFREQ_BYTES = 40;
const IFREQ_FLAGS_OFFSET = 16;

const unshareCall = declare('int unshare(int flags)');
const setns = declare('int setns(int fd, int flags)');
const syscallNumbers = declare('int64 syscall(int64 number, int64 first, int64 second)');
const syscallPaths = declare('int64 syscall(int64 number, const char *first, const char *second)');
const sethostname = declare('int sethostname(const char *name, size_t length)');
const socket = declare('int socket(int domain, int type, int protocol)');
const ioctl = declare('int ioctl(int fd, uint64 request, void *value)');

export function unshare(flags: number): void {
  checked(unshareCall(flags), 'unshare', `0x${flags.toString(16)}`);
}

/** Joins the namespaces of `flags` that the descriptor stands for: a namespace file or a pidfd (setns(2)). */
export function joinNamespaces(descriptor: number, flags: number): void {
  checked(setns(descriptor, flags), 'setns', `0x${flags.toString(16)}`);
}

/** A descriptor of the process, close-on-exec (pidfd_open(2)): its PID may go to another one, this does not. */
export function openProcess(pid: number): number {
  return checked(syscallNumbers(SYS_PIDFD_OPEN, pid, 0), 'pidfd_open', String(pid));
}

/** Makes the working directory the root; what was the root before is gone for this mount namespace. */
export function pivotInto(oldRootBelow: string): void {
  checked(syscallPaths(SYS_PIVOT_ROOT, '.', oldRootBelow), 'pivot_root', oldRootBelow);
  process.chdir('/');
  detachMount(`/${oldRootBelow}`);
}

export function setHostName(name: string): void {
  checked(sethostname(name, name.length), 'sethostname', name);
}

/** Switches the loopback device of this network namespace on (netdevice(7), SIOCSIFFLAGS). */
export function switchLoopbackOn(): void {
  const fd = checked(socket(AF_INET, SOCK_DGRAM_CLOEXEC, 0), 'socket', 'AF_INET');
  try {
    const request = Buffer.alloc(IFREQ_BYTES);
    request.write('lo', 'latin1');
    request.writeInt16LE(IFF_UP, IFREQ_FLAGS_OFFSET);
    checked(ioctl(fd, SIOCSIFFLAGS, request), 'ioctl(SIOCSIFFLAGS)', 'lo');
  } finally {
    closeDescriptor(fd);
  }
}

/** Whether a system call failed because this kernel does not know what it was asked for. */
export function isUnknownToKernel(error: unknown): boolean {
  return error instanceof SyscallError && (error.errno === 'EINVAL' || error.errno === 'ENOSYS');
}
