// The C library through koffi: loads it once and turns a negative result into a SyscallError. Everything
// that calls the kernel directly lives in this folder; nothing else imports koffi.
import koffi, { type LibraryHandle } from 'koffi';
import { SyscallError } from './syscall-error.ts';

const libc = koffi.load('libc.so.6');

type CType = number | bigint | string | Buffer | null | object;
export type CFunction = (...values: CType[]) => number;

/** Declares one function by its C prototype. The same symbol may be declared with several prototypes. */
export function declare(prototype: string): CFunction {
  return declareFrom(libc, prototype);
}

/** The same for another library. Functions must return a number or nothing. */
export function declareFrom(library: LibraryHandle, prototype: string): CFunction {
  const call = library.func(prototype);
  return (...values) => Number(call(...values));
}

/** Throws the SyscallError for `result < 0`, else returns it. Must follow the call at once: errno. */
export function checked(result: number, syscall: string, object: string): number {
  if (result < 0) throw new SyscallError(syscall, object, koffi.errno());
  return result;
}

/** errno of the last call, by number. */
export function lastErrno(): number {
  return koffi.errno();
}

const close = declare('int close(int fd)');
const open = declare('int open(const char *path, int flags, unsigned int mode)');

/** O_CLOEXEC (open(2), x86-64 and arm64): nothing that keeper opens may reach a lab. */
export const O_CLOEXEC = 0o2000000;

/** open(2), always close-on-exec. The caller closes the descriptor with closeDescriptor. */
export function openDescriptor(path: string, flags: number, mode = 0): number {
  return checked(open(path, flags | O_CLOEXEC, mode), 'open', path);
}

const O_PATH_DIRECTORY = 0o10200000;

/** A directory to look below (O_PATH, open(2)). The caller closes the descriptor with closeDescriptor. */
export function openDirectoryPath(path: string): number {
  return openDescriptor(path, O_PATH_DIRECTORY);
}

/** The same; undefined when it is not there, which is no error of a process that may have ended. */
export function findDirectoryPath(path: string): number | undefined {
  const directory = open(path, O_PATH_DIRECTORY | O_CLOEXEC, 0);
  return directory < 0 ? undefined : directory;
}

/** close(2). EINTR and EIO leave the descriptor closed on Linux, so only EBADF is a bug worth throwing. */
export function closeDescriptor(fd: number): void {
  checked(close(fd), 'close', String(fd));
}

const pipe2 = declare('int pipe2(void *ends, int flags)');

/** A pipe, close-on-exec, blocking at both ends (pipe(2)). */
export function openPipe(): { read: number; write: number } {
  const ends = Buffer.alloc(8);
  checked(pipe2(ends, O_CLOEXEC), 'pipe2', '');
  return { read: ends.readInt32LE(0), write: ends.readInt32LE(4) };
}

const eventfd = declare('int eventfd(unsigned int initial, int flags)');

/** Whoever reads it (8 bytes) waits until somebody has written a number other than 0 (eventfd(2)). */
export function openEvent(): number {
  return checked(eventfd(0, O_CLOEXEC), 'eventfd', '');
}

const closeRange = declare('int close_range(unsigned int first, unsigned int last, int flags)');
const CLOSE_RANGE_CLOEXEC = 4;

/** Marks every descriptor from 3 up close-on-exec (close_range(2)): libraries open some without. */
export function markDescriptorsCloseOnExec(): void {
  checked(closeRange(3, 0xffffffff, CLOSE_RANGE_CLOEXEC), 'close_range', '3-');
}
