// Settings of houses and keepers that many labs are made in, and the wait until they have what may be ready
// beforehand. Knows no measurement.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { descendantsOf } from '../../support/house.ts';

/** As many as config allows. */
const MOST_READY_IMAGES = 1024;
const IMAGES_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 50;
/** keeper begins to fill its shelves a quarter of a second after it took something off. */
const REFILL_BEGINS_WITHIN_MS = 300;
const QUIET_WITHIN_MS = 5000;
const QUIET_FOR_MS = 50;

/** No lab is made before it is asked for, and its end is its end: no home is packed first. */
export const cold = { COULISSE_WARM_LABS: '0', COULISSE_CHECKPOINT_MIB: '0' };
/** Labs wait, made, for whoever comes. */
export const warm = { ...cold, COULISSE_WARM_LABS: '2' };
/** As it is without settings: what a learner leaves is kept. */
export const keeping = { COULISSE_WARM_LABS: '0' };

export function settingsFor(labs: number): Record<string, string> {
  return {
    ...cold,
    COULISSE_LABS: String(labs),
    COULISSE_LABS_PER_ADDRESS: String(labs),
    COULISSE_READY_IMAGES: String(Math.min(labs, MOST_READY_IMAGES)),
    // Disk is promised in full: so many labs of the default size may not fit.
    COULISSE_LAB_DISK_MIB: '64',
  };
}

/** File-system images may be ready beforehand: waits until the shelf is full. */
export async function imagesReady(stateDir: string, labs: number): Promise<void> {
  const directory = join(stateDir, 'keeper/images');
  const wanted = Math.min(labs, MOST_READY_IMAGES);
  const deadline = performance.now() + IMAGES_WITHIN_MS;
  const count = (): number =>
    readdirSync(directory).filter((name) => !name.startsWith('template')).length;
  while (count() < wanted && performance.now() < deadline) await sleep(LOOK_EVERY_MS);
  // The last one is counted from its first byte.
  await sleep(LOOK_EVERY_MS);
}

/** Waits until keeper has filled its shelves again, so that the next measurement is alone. */
export async function shelvesFilled(keeperPid: number): Promise<void> {
  await sleep(REFILL_BEGINS_WITHIN_MS);
  const deadline = performance.now() + QUIET_WITHIN_MS;
  let quietSince = performance.now();
  let last = ticksOf(keeperPid);
  while (performance.now() - quietSince < QUIET_FOR_MS && performance.now() < deadline) {
    await sleep(LOOK_EVERY_MS / 5);
    const now = ticksOf(keeperPid);
    if (now !== last) quietSince = performance.now();
    last = now;
  }
}

/** Processor time of a process, of its children, and of those that it has reaped (proc_pid_stat(5)). */
function ticksOf(pid: number): number {
  return [pid, ...descendantsOf(pid)].reduce((sum, one) => {
    try {
      const fields = readFileSync(`/proc/${one}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return sum + fields.slice(11, 15).reduce((ticks, field) => ticks + Number(field), 0);
    } catch {
      return sum;
    }
  }, 0);
}
