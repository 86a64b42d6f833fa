// Where a lab is put together in keeper's mount namespace, and its devpts, the one mount of it that stays there
// because terminals are opened on it. Knows no process. [L7]
import { mkdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { detachMountIfThere, mount, mountFlags } from '../../kernel/mounts.ts';
import { TTY_GROUP } from '../spawner/lab-file-system.ts';

/** The learner's user id in the lab. */
export const STUDENT = 1000;

/** Directories that whoever makes the lab mounts on, in a mount namespace of its own. */
const mountPoints = ['raw', 'disk', 'lower', 'root', 'pts'];

export type LabPlace = {
  directory: string;
  /** The lab's devpts. */
  pts: string;
};

export function labPlace(ground: string, name: string): LabPlace {
  const directory = join(ground, name);
  return { directory, pts: join(directory, 'pts') };
}

/** Makes the directories and mounts a devpts with room for `ptys` terminals. */
export function makePlace(place: LabPlace, options: { base: number; ptys: number }): void {
  const { base, ptys } = options;
  mkdirSync(place.directory, { recursive: true, mode: 0o711 });
  for (const name of mountPoints) {
    mkdirSync(join(place.directory, name), { recursive: true });
  }
  mount(place.pts, {
    source: 'devpts',
    type: 'devpts',
    flags: mountFlags.nosuid | mountFlags.noexec,
    data: [
      'newinstance',
      'ptmxmode=0666',
      'mode=620',
      `uid=${base + STUDENT}`,
      `gid=${base + TTY_GROUP}`,
      `max=${ptys}`,
    ].join(),
  });
}

/** Takes off whatever is there, also what an older keeper mounted here, and removes it. Safe to repeat. */
export function removePlace(place: LabPlace): void {
  const paths = mountPoints.map((name) => join(place.directory, name));
  for (const path of paths) while (detachMountIfThere(path));
  try {
    for (const path of [...paths, place.directory]) rmdirSync(path);
  } catch {
    // A keeper that was killed made some of them only, an older one others too: ten times as slow.
    rmSync(place.directory, { recursive: true, force: true, maxRetries: 2 });
  }
}
