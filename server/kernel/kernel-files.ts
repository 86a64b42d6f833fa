// Files and links of the kernel's own file systems, proc and cgroup: a look at a lab reads hundreds of them, so
// each costs no more system calls than it must. Paths are below a directory that is open where one is given. Knows
// no lab.
import { checked, closeDescriptor, declare, O_CLOEXEC } from './libc.ts';
import { AT_FDCWD } from './mounts.ts';

const openat = declare('int openat(int directory, const char *path, int flags)');
const read = declare('int64 read(int fd, void *buffer, size_t size)');
const readlinkat = declare(
  'int64 readlinkat(int directory, const char *path, void *buffer, size_t size)',
);
const statx = declare(
  'int statx(int directory, const char *path, int flags, unsigned int mask, void *result)',
);

/** What one read(2) gives of a file that is one record of seq_file, whole (seq_file, kernel docs). */
const RECORD_BYTES = 64 * 1024;
/** PATH_MAX: no link of proc is longer. */
const LINK_BYTES = 4096;
const buffer = Buffer.alloc(512 * 1024);

/** A file that the kernel writes in one piece, byte for byte; undefined when it is gone, or not to be read. */
export function readRecord(path: string, directory = AT_FDCWD): string | undefined {
  const file = openat(directory, path, O_CLOEXEC);
  if (file < 0) return undefined;
  const length = read(file, buffer, RECORD_BYTES);
  closeDescriptor(file);
  return length < 0 ? undefined : buffer.toString('latin1', 0, length);
}

/**
 * The first `bytes` of a file whose length a learner decides, as UTF-8, 512 KiB at most: argv of two megabytes in
 * every process, or a hundred thousand mounts, must cost one look no more. Throws SyscallError: the process may be
 * gone.
 */
export function readAtMost(
  path: string,
  bytes: number,
  directory = AT_FDCWD,
): { text: string; isCut: boolean } {
  const file = checked(openat(directory, path, O_CLOEXEC), 'openat', path);
  const most = Math.min(bytes, buffer.length);
  try {
    let length = 0;
    for (;;) {
      // What fits exactly counts as cut too: only an end tells that there is no more.
      if (length === most) return { text: buffer.toString('utf8', 0, length), isCut: true };
      const rest = buffer.subarray(length);
      const got = checked(read(file, rest, most - length), 'read', path);
      if (got === 0) return { text: buffer.toString('utf8', 0, length), isCut: false };
      length += got;
    }
  } finally {
    closeDescriptor(file);
  }
}

/** Where a link leads by its text (readlink(2)); undefined when the process is gone, or it is not ours to read. */
export function readLinkText(path: string, directory = AT_FDCWD): string | undefined {
  const length = readlinkat(directory, path, buffer, LINK_BYTES);
  return length < 0 ? undefined : buffer.toString('utf8', 0, length);
}

/** statx(2): asks no file system that must ask somebody else. */
const AT_STATX_DONT_SYNC = 0x4000;
const STATX_NLINK = 0x4;
const STATX_INO = 0x100;
const STATX_MNT_ID = 0x1000;
/** struct statx, linux/stat.h. */
const NLINK_AT = 16;
const INODE_AT = 32;
const DEVICE_AT = 136;
const MOUNT_AT = 144;
const STATX_BYTES = 256;
const result = Buffer.alloc(STATX_BYTES);

/**
 * Tells what is behind a link such as /proc/PID/root from everything else, by mount, inode and device: the same
 * text is the same directory on the same mount, while somebody holds it. Undefined when it is gone.
 */
export function lookBehind(path: string, directory = AT_FDCWD): string | undefined {
  const mask = STATX_INO | STATX_MNT_ID;
  if (statx(directory, path, AT_STATX_DONT_SYNC, mask, result) < 0) return undefined;
  return (
    result.toString('latin1', INODE_AT, INODE_AT + 8) +
    result.toString('latin1', DEVICE_AT, MOUNT_AT + 8)
  );
}

/** What such a text says of its directory: st_dev as major:minor, and st_ino. */
export function identityBehind(behind: string): { device: string; inode: string } {
  const bytes = Buffer.from(behind, 'latin1');
  return {
    device: `${bytes.readUInt32LE(8)}:${bytes.readUInt32LE(12)}`,
    inode: String(bytes.readBigUInt64LE(0)),
  };
}

/** Names that a directory has: 2, and one for each directory in it, in cgroup file systems. 0 when it is gone. */
export function countLinks(path: string): number {
  const got = statx(AT_FDCWD, path, AT_STATX_DONT_SYNC, STATX_NLINK, result);
  return got < 0 ? 0 : result.readUInt32LE(NLINK_AT);
}
