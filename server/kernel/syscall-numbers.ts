// Numbers of the system calls that call programs make, by architecture (asm/unistd.h of each; those above 400
// are the same everywhere). Knows no call.
import { arch } from 'node:process';

const numbers = {
  x64: {
    read: 0,
    write: 1,
    close: 3,
    fstat: 5,
    mmap: 9,
    rt_sigaction: 13,
    ioctl: 16,
    setitimer: 38,
    socket: 41,
    sendto: 44,
    execve: 59,
    chdir: 80,
    umask: 95,
    setsid: 112,
    setgroups: 116,
    setresuid: 117,
    setresgid: 119,
    pivot_root: 155,
    prctl: 157,
    mount: 165,
    umount2: 166,
    sethostname: 170,
    exit_group: 231,
    openat: 257,
    mkdirat: 258,
    mknodat: 259,
    fchownat: 260,
    unlinkat: 263,
    symlinkat: 266,
    ppoll: 271,
    unshare: 272,
    dup3: 292,
    recvmmsg: 299,
    prlimit64: 302,
    setns: 308,
  },
  arm64: {
    read: 63,
    write: 64,
    close: 57,
    fstat: 80,
    mmap: 222,
    rt_sigaction: 134,
    ioctl: 29,
    setitimer: 103,
    socket: 198,
    sendto: 206,
    execve: 221,
    chdir: 49,
    umask: 166,
    setsid: 157,
    setgroups: 159,
    setresuid: 147,
    setresgid: 149,
    pivot_root: 41,
    prctl: 167,
    mount: 40,
    umount2: 39,
    sethostname: 161,
    exit_group: 94,
    openat: 56,
    mkdirat: 34,
    mknodat: 33,
    fchownat: 54,
    unlinkat: 35,
    symlinkat: 36,
    ppoll: 73,
    unshare: 97,
    dup3: 24,
    recvmmsg: 243,
    prlimit64: 261,
    setns: 268,
  },
} as const;

const everywhere = {
  open_tree: 428,
  move_mount: 429,
  clone3: 435,
  close_range: 436,
  openat2: 437,
  mount_setattr: 442,
} as const;

export type SyscallName = keyof typeof numbers.x64 | keyof typeof everywhere;

const byName: Readonly<Record<SyscallName, number>> = {
  ...numbers[arch === 'arm64' ? 'arm64' : 'x64'],
  ...everywhere,
};

export function numberOf(name: SyscallName): number {
  return byName[name];
}
