// Device nodes (mknod(2)). Knows nothing of where they are shown.
import { chmodSync } from 'node:fs';
import { checked, declare } from './libc.ts';

const S_IFCHR = 0o020000;
const mknod = declare('int mknod(const char *path, unsigned int mode, uint64 device)');

/** A character device that everyone may read and write, as /dev/null is. */
export function makeDevice(path: string, major: number, minor: number): void {
  // makedev(3) for numbers below 256 each.
  checked(mknod(path, S_IFCHR | 0o666, (major << 8) | minor), 'mknod', path);
  chmodSync(path, 0o666);
}
