// An open file's bytes as memory of this process that outlives it: what is stored there is in the file at once,
// also when the process is killed the moment after (mmap(2), MAP_SHARED). Knows nothing of what is kept.
import koffi from 'koffi';
import { checked, declare } from './libc.ts';

const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;

const mmap = declare(
  'intptr_t mmap(void *at, size_t length, int protection, int flags, int fd, int64 offset)',
);
const munmap = declare('int munmap(intptr_t at, size_t length)');

export type SharedFile = {
  /** Bytes beyond the end of the file must not be touched: SIGBUS. */
  bytes: Buffer;
  /** From then on nobody may touch `bytes`, or a part of it. */
  unmap(): void;
};

/** Maps the first `length` bytes of a file, which may be shorter and grow. Throws SyscallError. */
export function mapFile(fd: number, length: number): SharedFile {
  const mapped = mmap(null, length, PROT_READ_WRITE, MAP_SHARED, fd, 0);
  const at = checked(mapped, 'mmap', String(fd));
  return {
    bytes: Buffer.from(koffi.view(BigInt(at), length)),
    unmap: () => void checked(munmap(at, length), 'munmap', String(fd)),
  };
}
