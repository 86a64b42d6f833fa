// openat2(2): opens below a directory by rules that the kernel holds on the way. Knows no lab.
import { checked, declare } from './libc.ts';

const SYS_openat2 = 437;
const O_NOFOLLOW = 0o400000;
const O_CLOEXEC = 0o2000000;
/** sizeof(struct open_how): flags, mode, resolve. */
const OPEN_HOW_BYTES = 24;

export const O_PATH = 0o10000000;
export const O_DIRECTORY = 0o200000;
export const resolve = {
  noOtherMounts: 0x01,
  noMagicLinks: 0x02,
  noSymlinks: 0x04,
  beneath: 0x08,
  inRoot: 0x10,
} as const;

const openat2 = declare(
  'int64 syscall(int64 number, int directory, const char *path, void *how, size_t size)',
);

/** A descriptor, close-on-exec, of what is at `path`: of a link itself. The caller closes it. Throws SyscallError. */
export function openBelow(
  directory: number,
  path: string,
  how: { flags: number; resolve: number },
): number {
  const bytes = Buffer.alloc(OPEN_HOW_BYTES);
  bytes.writeBigUInt64LE(BigInt(how.flags | O_NOFOLLOW | O_CLOEXEC), 0);
  bytes.writeBigUInt64LE(BigInt(how.resolve), 16);
  return checked(openat2(SYS_openat2, directory, path, bytes, OPEN_HOW_BYTES), 'openat2', path);
}
