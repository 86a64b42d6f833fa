// keeper's mount namespace: made by main, pinned to a file so that it outlives keeper, private in both
// directions. What is mounted in it goes with it. Knows nothing of labs.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ExplainedError } from '../foundation/errors.ts';
import { bindMount, detachMountIfThere, mount, mountFlags } from '../kernel/mounts.ts';

export type KeeperGround = {
  /** Arguments of nsenter(1) that enter it. */
  enter: readonly string[];
  /** Lets go of the namespace; its mounts go with its last process. */
  close: () => void;
};

/** Makes a new namespace, letting go of one that an earlier, killed server left. */
export function makeKeeperGround(runDir: string): KeeperGround {
  const place = join(runDir, 'ground');
  const pin = join(place, 'mnt');
  release(place, pin);
  mkdirSync(place, { recursive: true, mode: 0o700 });
  // A mount namespace may only be pinned to a file on a mount that is not shared (unshare(1)).
  bindMount(place, place);
  mount(place, { flags: mountFlags.private });
  writeFileSync(pin, '');
  const made = spawnSync('/usr/bin/unshare', [
    `--mount=${pin}`,
    '--propagation',
    'private',
    '/bin/true',
  ]);
  if (made.status !== 0) {
    release(place, pin);
    throw new ExplainedError({
      code: 'no-mount-namespace',
      sentence: `A mount namespace for labs cannot be made: ${String(made.stderr).trim()}.`,
      remedy: 'Start as root, outside containers that forbid mounting.',
    });
  }
  return { enter: [`--mount=${pin}`], close: () => release(place, pin) };
}

function release(place: string, pin: string): void {
  while (detachMountIfThere(pin));
  while (detachMountIfThere(place));
}
