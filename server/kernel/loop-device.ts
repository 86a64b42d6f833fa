// Loop devices (loop(4)): shows a file as a block device that frees itself with its last user.
import { closeSync, openSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { checked, declare, openDescriptor, closeDescriptor } from './libc.ts';
import { withDetachedCopy } from './mounts.ts';
import { SyscallError } from './syscall-error.ts';

const LOOP_CTL_GET_FREE = 0x4c82;
const LOOP_CONFIGURE = 0x4c0a;
const LO_FLAGS_AUTOCLEAR = 4;
/** sizeof(struct loop_config), linux/loop.h: fd, block_size, loop_info64 (232 bytes), 8 reserved words. */
const LOOP_CONFIG_BYTES = 304;
const LOOP_INFO_FLAGS_OFFSET = 8 + 52;
const O_RDWR = 2;
/** Another process may take the device between the two calls. */
const ATTEMPTS = 16;

const ioctlNumber = declare('int ioctl(int fd, uint64 request, int64 value)');
const ioctlBuffer = declare('int ioctl(int fd, uint64 request, void *value)');

/**
 * Attaches `file` to a free loop device. The descriptor keeps it attached; once a mount uses the device
 * the caller closes the descriptor and the kernel detaches it after the unmount.
 */
export function attachLoop(file: string): { path: string; descriptor: number } {
  const control = openDescriptor('/dev/loop-control', O_RDWR);
  // Every lab reads a loop device's file name in /sys/block: opened in a detached mount it has no directory.
  const backing = withDetachedCopy(dirname(file), (here) =>
    openSync(join(here, basename(file)), 'r+'),
  );
  try {
    for (let attempt = 1; ; attempt += 1) {
      const number = checked(
        ioctlNumber(control, LOOP_CTL_GET_FREE, 0),
        'ioctl(LOOP_CTL_GET_FREE)',
        file,
      );
      const path = `/dev/loop${number}`;
      const device = openDescriptor(path, O_RDWR);
      const config = Buffer.alloc(LOOP_CONFIG_BYTES);
      config.writeUInt32LE(backing, 0);
      config.writeUInt32LE(LO_FLAGS_AUTOCLEAR, LOOP_INFO_FLAGS_OFFSET);
      try {
        checked(ioctlBuffer(device, LOOP_CONFIGURE, config), 'ioctl(LOOP_CONFIGURE)', file);
        return { path, descriptor: device };
      } catch (error) {
        closeDescriptor(device);
        const taken = error instanceof SyscallError && error.errno === 'EBUSY';
        if (!taken || attempt === ATTEMPTS) throw error;
      }
    }
  } finally {
    closeSync(backing);
    closeDescriptor(control);
  }
}
