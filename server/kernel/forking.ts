// Copies of this process, made and ended by direct system calls: fork(2), clone3(2), execve(2), waitpid(2).
// Only for a process whose JavaScript runs on its only busy thread (node --single-threaded): a copy has that
// thread alone, may call nothing that waits for another one, and ends in `execute` or `exitNow`.
import { constants } from 'node:os';
import { checked, declare } from './libc.ts';

const SIGNALS = 64;
const SIG_BLOCK = 0;
const SIG_SETMASK = 2;
const SIG_DFL = 0;
const SIG_IGN = 1;
/** sizeof(sigset_t) in glibc. */
const SIGSET_BYTES = 128;
const WNOHANG = 1;
/** The same on x86-64 and arm64, as every call since Linux 5.1. */
const SYS_CLONE3 = 435;
/** sizeof(struct clone_args), version 0 (clone(2)): eight 64-bit fields. */
const CLONE_ARGS_BYTES = 64;
const EXIT_SIGNAL_OFFSET = 32;

const MADV_DOFORK = 11;
/** Of the addresses a process may have, all but the first pages and the last (x86-64 and arm64, 47 bits). */
const ADDRESSES = { from: 0x1_0000, length: 0x7fff_fffe_0000 } as const;

const forkCall = declare('int fork()');
const syscall2 = declare('int64 syscall(int64 number, void *first, size_t second)');
const exitCall = declare('void _exit(int status)');
const execveCall = declare('int execve(const char *path, const char **argv, const char **envp)');
const waitpid = declare('int waitpid(int pid, void *status, int options)');
const sigprocmask = declare('int sigprocmask(int how, const void *set, void *old)');
const signal = declare('uintptr_t signal(int number, uintptr_t handler)');
const madvise = declare('int madvise(uintptr_t address, size_t length, int advice)');
const alarm = declare('unsigned int alarm(unsigned int seconds)');

/**
 * fork(2): 0 in the copy, its PID in the caller. The copy has no handler of libuv: those share a lock with the
 * caller through a pipe, and a copy killed while it held that lock would stop the caller for ever.
 */
export function fork(): number {
  const all = Buffer.alloc(SIGSET_BYTES, 0xff);
  const before = Buffer.alloc(SIGSET_BYTES);
  sigprocmask(SIG_BLOCK, all, before);
  try {
    keepHeapInCopies();
    const pid = checked(forkCall(), 'fork', '');
    if (pid === 0) resetSignals();
    return pid;
  } finally {
    sigprocmask(SIG_SETMASK, before, null);
  }
}

/** A fork whose copy is the first process of new namespaces. Only in a process that came from `fork`. */
export function forkInto(namespaces: number): number {
  const args = Buffer.alloc(CLONE_ARGS_BYTES);
  args.writeBigUInt64LE(BigInt(namespaces), 0);
  args.writeBigUInt64LE(BigInt(constants.signals.SIGCHLD), EXIT_SIGNAL_OFFSET);
  keepHeapInCopies();
  return checked(syscall2(SYS_CLONE3, args, CLONE_ARGS_BYTES), 'clone3', '');
}

/**
 * V8 marks its heap MADV_DONTFORK, which makes forks cheap for those who start a program at once, and any
 * JavaScript in a copy impossible. One call takes the mark off all memory; holes in it are passed over
 * (ENOMEM, madvise(2)), and the kernel's own pages at the end of it (EINVAL) have none.
 */
function keepHeapInCopies(): void {
  madvise(ADDRESSES.from, ADDRESSES.length, MADV_DOFORK);
}

/** Handlers and ignored signals, which execve(2) would keep ignored, back to their defaults. */
function resetSignals(): void {
  for (let number = 1; number <= SIGNALS; number += 1) signal(number, SIG_DFL);
}

/** Lets the kernel reap this process's children (wait(2), NOTES); survives execve(2). */
export function ignoreEndOfChildren(): void {
  signal(constants.signals.SIGCHLD, SIG_IGN);
}

/** Ends this process by SIGALRM unless it calls again with 0 in time: a copy must never hang. */
export function endAfter(seconds: number): void {
  alarm(seconds);
}

/** _exit(2): without the exit handlers that belong to the process this is a copy of. */
export function exitNow(status: number): never {
  exitCall(status);
  throw new Error('_exit returned');
}

/** Becomes another program. Returns only by throwing. */
export function execute(
  path: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): never {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  checked(execveCall(path, [...args, null], [...variables, null]), 'execve', path);
  throw new Error('execve returned');
}

/** How a process ended: its exit code, or the number of the signal that ended it (wait(2)). */
export type ProcessStatus = { code: number | null; signal: number | null };

/** The children that have ended since the last call. */
export function collectEnded(): ({ pid: number } & ProcessStatus)[] {
  const ended: ({ pid: number } & ProcessStatus)[] = [];
  const status = Buffer.alloc(4);
  for (let pid = waitpid(-1, status, WNOHANG); pid > 0; pid = waitpid(-1, status, WNOHANG)) {
    ended.push({ pid, ...decode(status.readInt32LE()) });
  }
  return ended;
}

/** Waits for one child. */
export function waitFor(pid: number): ProcessStatus {
  const status = Buffer.alloc(4);
  checked(waitpid(pid, status, 0), 'waitpid', String(pid));
  return decode(status.readInt32LE());
}

/** WIFEXITED, WEXITSTATUS and WTERMSIG of wait(2). */
function decode(status: number): ProcessStatus {
  const number = status & 0x7f;
  return number === 0
    ? { code: (status >> 8) & 0xff, signal: null }
    : { code: null, signal: number };
}
