// Counts what a house has of everything that a lab could leave behind: memory and descriptors of its processes,
// mounts, loop devices, processes, files and disk. Looks only at its own. Knows no lab.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { descendantsOf, type TestHouse } from '../support/house.ts';
import { mountsOf, statusOf } from './kernel-view.ts';

/** Figures by name, such as `rss of link` in MiB. */
export type Census = Record<string, number>;

const KIB_PER_MIB = 1024;
const BYTES_PER_BLOCK = 512;

export function takeCensus(house: TestHouse): Census {
  const main = house.main.pid ?? 0;
  const keeper = house.pidOf('keeper');
  const processes = { main, keeper, link: house.pidOf('link'), web: house.pidOf('web') };
  const census: Census = {};
  for (const [name, pid] of Object.entries(processes)) {
    census[`MiB of ${name}`] = Number.parseInt(statusOf(pid, 'VmRSS'), 10) / KIB_PER_MIB;
    census[`descriptors of ${name}`] = readdirSync(`/proc/${pid}/fd`).length;
  }
  // By the keeper's PID, which begins the name of every image that it made.
  const ofKeeper = new RegExp(`^/${keeper}-\\d+\\.img`);
  const files = filesBelow(house.stateDir);
  return {
    ...census,
    processes: descendantsOf(main).length,
    'mounts of keeper': mountsOf(keeper).length,
    'mounts of main': mountsOf(main).length,
    'loop devices': loopFiles().filter((file) => ofKeeper.test(file)).length,
    files: files.length,
    'MiB of disk':
      files.reduce((sum, { blocks }) => sum + blocks * BYTES_PER_BLOCK, 0) / KIB_PER_MIB ** 2,
  };
}

function loopFiles(): string[] {
  const devices = readdirSync('/sys/block').filter((name) => name.startsWith('loop'));
  return devices.flatMap((name) => {
    try {
      return [readFileSync(`/sys/block/${name}/loop/backing_file`, 'utf8')];
    } catch {
      // Not in use, or not any more.
      return [];
    }
  });
}

/** Symbolic links are not followed: the rootfs is behind one. */
function filesBelow(directory: string): { blocks: number }[] {
  const entries = readdirSync(directory, { withFileTypes: true, recursive: true });
  return entries.flatMap((entry) => {
    const path = join(entry.parentPath, entry.name);
    const found = entry.isFile() ? statSync(path, { throwIfNoEntry: false }) : undefined;
    return found === undefined ? [] : [{ blocks: found.blocks }];
  });
}
