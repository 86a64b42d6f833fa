// Namespaces (namespaces(7)) and the descriptors that stand for them. Knows no lab.
import { checked, declare } from './libc.ts';

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
const IFF_UP = 1;
/** sizeof(struct ifreq), netdevice(7); the flags follow the name of 16 bytes. */
const IFREQ_BYTES = 40;
const IFREQ_FLAGS_OFFSET = 16;

const setns = declare('int setns(int fd, int flags)');
const syscallNumbers = declare('int64 syscall(int64 number, int64 first, int64 second)');

/** Joins the namespaces of `flags` that the descriptor stands for: a namespace file or a pidfd (setns(2)). */
export function joinNamespaces(descriptor: number, flags: number): void {
  checked(setns(descriptor, flags), 'setns', `0x${flags.toString(16)}`);
}

/** A descriptor of the process, close-on-exec (pidfd_open(2)): its PID may go to another one, this does not. */
export function openProcess(pid: number): number {
  return checked(syscallNumbers(SYS_PIDFD_OPEN, pid, 0), 'pidfd_open', String(pid));
}

/** A struct ifreq for SIOCSIFFLAGS that switches the loopback device on (netdevice(7)). */
export function loopbackRequest(): Buffer {
  const request = Buffer.alloc(IFREQ_BYTES);
  request.write('lo', 'latin1');
  request.writeInt16LE(IFF_UP, IFREQ_FLAGS_OFFSET);
  return request;
}
