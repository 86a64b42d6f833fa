// Entries, links and extended attributes of a directory that is open, as few as one look may cost. Knows no
// overlay.
import { checked, declare } from './libc.ts';

const getdents64 = declare('int64 getdents64(int fd, void *buffer, size_t size)');
const getxattr = declare(
  'int64 getxattr(const char *path, const char *name, void *value, size_t size)',
);

/** Types of entries (d_type, getdents(2)). */
export const entryTypes = { characterDevice: 2, directory: 4, file: 8 } as const;

export type Entry = { name: string; type: number };

/** struct linux_dirent64 (getdents(2)): d_ino, d_off, d_reclen, d_type, d_name. */
const RECORD_LENGTH_OFFSET = 16;
const TYPE_OFFSET = 18;
const NAME_OFFSET = 19;
/** Of a short name, and of one of NAME_MAX. */
const RECORD_BYTES = 32;
const LONGEST_RECORD_BYTES = 280;

/** Of one call: some six hundred entries. */
const buffer = Buffer.alloc(24 * 1024);

/** The first entries of the directory, at most about `most`; `isCut` when there may be more. */
export function readEntries(directory: number, most: number): { entries: Entry[]; isCut: boolean } {
  const entries: Entry[] = [];
  const bytes = Math.min(buffer.length, Math.max(most * RECORD_BYTES, LONGEST_RECORD_BYTES));
  while (entries.length < most) {
    const length = checked(getdents64(directory, buffer, bytes), 'getdents64', '');
    if (length === 0) return { entries, isCut: false };
    for (let at = 0; at < length; at += buffer.readUInt16LE(at + RECORD_LENGTH_OFFSET)) {
      const end = buffer.indexOf(0, at + NAME_OFFSET);
      const name = buffer.toString('utf8', at + NAME_OFFSET, end);
      if (name !== '.' && name !== '..') {
        entries.push({ name, type: buffer.readUInt8(at + TYPE_OFFSET) });
      }
    }
  }
  return { entries, isCut: true };
}

const VALUE_BYTES = 64;
const value = Buffer.alloc(VALUE_BYTES);

/** A short extended attribute of what a descriptor is of, O_PATH too (xattr(7)); undefined when it has none. */
export function readAttribute(descriptor: number, name: string): string | undefined {
  const length = getxattr(`/proc/self/fd/${descriptor}`, name, value, VALUE_BYTES);
  return length < 0 ? undefined : value.toString('latin1', 0, length);
}

const readlinkat = declare(
  'int64 readlinkat(int directory, const char *path, void *buffer, size_t size)',
);

/** The first 64 bytes of the target of a symbolic link in the directory; undefined when it is gone, or none. */
export function readShortLink(directory: number, name: string): string | undefined {
  const length = readlinkat(directory, name, value, VALUE_BYTES);
  return length < 0 ? undefined : value.toString('latin1', 0, length);
}
