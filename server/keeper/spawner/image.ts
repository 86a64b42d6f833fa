// How the image of a lab's disk is mounted. Knows no lab.
import { closeDescriptor } from '../../kernel/libc.ts';
import { attachLoop } from '../../kernel/loop-device.ts';
import { mount, mountFlags, type MountOptions } from '../../kernel/mounts.ts';

/** For the mount of a loop device that shows an image. */
export const imageMount: MountOptions = {
  type: 'ext4',
  flags: mountFlags.noatime,
  data: 'nobarrier,discard',
};

/** Mounts an image at `target`; the loop device frees itself with the last mount. */
export function mountImage(image: string, target: string): void {
  const loop = attachLoop(image);
  try {
    mount(target, { ...imageMount, source: loop.path });
  } finally {
    closeDescriptor(loop.descriptor);
  }
}
