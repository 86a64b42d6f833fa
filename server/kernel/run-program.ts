// Starts call programs (posix_spawn(3): no copy of this process's memory is made) and hears their reports; tells
// which children have ended. Knows no lab.
import { closeSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { CallProgram, type Report } from './call-program.ts';
import { checked, closeDescriptor, declare, openPipe } from './libc.ts';
import { SyscallError } from './syscall-error.ts';

const MFD_CLOEXEC = 1;
const POSIX_SPAWN_SETSIGDEF = 0x04;
const POSIX_SPAWN_SETSIGMASK = 0x08;
/** Sizes in glibc, on 64 bits: posix_spawnattr_t, posix_spawn_file_actions_t, sigset_t. */
const ATTRIBUTES_BYTES = 336;
const ACTIONS_BYTES = 80;
const SIGSET_BYTES = 128;
const WNOHANG = 1;

const memfdCreate = declare('int memfd_create(const char *name, unsigned int flags)');
const posixSpawn = declare(
  'int posix_spawn(void *pid, const char *path, const void *actions, const void *attributes,' +
    ' const char **argv, const char **envp)',
);
const initActions = declare('int posix_spawn_file_actions_init(void *actions)');
const addDup2 = declare('int posix_spawn_file_actions_adddup2(void *actions, int from, int to)');
const destroyActions = declare('int posix_spawn_file_actions_destroy(void *actions)');
const initAttributes = declare('int posix_spawnattr_init(void *attributes)');
const setFlags = declare('int posix_spawnattr_setflags(void *attributes, short flags)');
const setDefaults = declare('int posix_spawnattr_setsigdefault(void *attributes, const void *set)');
const setMask = declare('int posix_spawnattr_setsigmask(void *attributes, const void *set)');
const waitpid = declare('int waitpid(int pid, void *status, int options)');

/** All signals at their defaults and none blocked, whatever this process has them do. */
const attributes = Buffer.alloc(ATTRIBUTES_BYTES);
initAttributes(attributes);
setDefaults(attributes, Buffer.alloc(SIGSET_BYTES, 0xff));
setMask(attributes, Buffer.alloc(SIGSET_BYTES));
setFlags(attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);

/** What is written at the end of a program, into the ends of pipes that it gets. */
export type Running = {
  pid: number;
  /** All that it and its children reported, once the last of them has ended or become a program. Throws what failed. */
  done: Promise<number[]>;
};

/**
 * Starts what `write` puts down. Besides the standard streams it gets `descriptors`, by the same numbers; a
 * process that fails ends with `status`.
 */
export function runProgram(
  options: { descriptors: readonly number[]; status?: number; onReport?: (result: number) => void },
  write: (program: CallProgram) => void,
): Running {
  const pipe = openPipe();
  try {
    const program = new CallProgram(pipe.write, options.status);
    write(program);
    const pid = spawn(program.build(), [...options.descriptors, pipe.write]);
    return { pid, done: listen(pipe.read, program, options.onReport) };
  } catch (error) {
    closeDescriptor(pipe.read);
    throw error;
  } finally {
    closeDescriptor(pipe.write);
  }
}

function spawn(image: Buffer, descriptors: readonly number[]): number {
  const file = checked(memfdCreate('lab', MFD_CLOEXEC), 'memfd_create', '');
  const actions = Buffer.alloc(ACTIONS_BYTES);
  initActions(actions);
  try {
    writeSync(file, image);
    // To its own number: that takes the close-on-exec mark off, in the child alone (posix_spawn(3), glibc 2.29).
    for (const descriptor of descriptors) addDup2(actions, descriptor, descriptor);
    const pid = Buffer.alloc(4);
    const path = `/proc/self/fd/${file}`;
    const errno = posixSpawn(pid, path, actions, attributes, ['lab', null], [null]);
    if (errno !== 0) throw new SyscallError('posix_spawn', 'a call program', errno);
    return pid.readInt32LE();
  } finally {
    destroyActions(actions);
    closeSync(file);
  }
}

function listen(
  end: number,
  program: CallProgram,
  onReport: ((result: number) => void) | undefined,
): Promise<number[]> {
  const { promise, resolve, reject } = Promise.withResolvers<number[]>();
  const results: number[] = [];
  let failure: SyscallError | undefined;
  const hear = (report: Report): void => {
    if ('failed' in report) failure ??= report.failed;
    else {
      results.push(report.result);
      onReport?.(report.result);
    }
  };
  const socket = new Socket({ fd: end, readable: true, writable: false });
  // A pipe gives what was written at once whole (pipe(7), PIPE_BUF).
  socket.on('data', (bytes: Buffer) => program.read(bytes).forEach(hear));
  socket.on('error', reject);
  socket.on('close', () => (failure === undefined ? resolve(results) : reject(failure)));
  return promise;
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

/** Takes the end of a program whose reports have ended: it is about to be a zombie, or one (waitpid(2)). */
export function reapProgram(pid: number): void {
  checked(waitpid(pid, null, 0), 'waitpid', String(pid));
}

/** WIFEXITED, WEXITSTATUS and WTERMSIG of wait(2). */
function decode(status: number): ProcessStatus {
  const number = status & 0x7f;
  return number === 0
    ? { code: (status >> 8) & 0xff, signal: null }
    : { code: null, signal: number };
}
