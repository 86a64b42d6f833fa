// Many labs made and kept alive: how many a second, and what each costs in memory. Knows no single start.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DisposalStack } from '../../../server/foundation/disposal.ts';
import { descendantsOf, openHouse } from '../../support/house.ts';
import type { Bench } from '../bench.ts';
import type { FloorClient } from '../floor-client.ts';
import { KeeperAlone } from '../keeper-alone.ts';
import { inLanes } from '../lanes.ts';
import { kernelMiB, nameOf, pssMiB } from '../memory.ts';
import type { Tally } from '../tally.ts';
import { clickToPrompt } from './click.ts';
import { keptBubblewrap } from './floors.ts';

const concurrencies = [2, 4] as const;
/** web lets one address in 120 times at once. */
const MOST_THROUGH_WEB = 100;
/** As many images as config allows are ready beforehand. */
const MOST_READY_IMAGES = 64;
/** Memory of a shell that has just shown its prompt still settles. */
const SETTLE_MS = 500;
const IMAGES_WITHIN_MS = 60_000;

export async function measureMany(
  bench: Bench,
  tally: Tally,
  { client, tree }: { client: FloorClient; tree: string },
): Promise<void> {
  for (const lanes of concurrencies) {
    await throughHouse(bench, tally, lanes);
    await throughKeeper(bench, tally, lanes);
    await bubblewrap(bench, tally, { lanes, client, tree });
  }
}

function settingsFor(labs: number): Record<string, string> {
  return {
    COULISSE_LABS: String(labs),
    COULISSE_LABS_PER_ADDRESS: String(labs),
    COULISSE_READY_IMAGES: String(Math.min(labs, MOST_READY_IMAGES)),
    // Disk is promised in full: so many labs of the default size may not fit.
    COULISSE_LAB_DISK_MIB: '256',
  };
}

/** File-system images may be ready beforehand: waits until the shelf is full. */
async function imagesReady(stateDir: string, labs: number): Promise<void> {
  const directory = join(stateDir, 'keeper/images');
  const wanted = Math.min(labs, MOST_READY_IMAGES);
  const deadline = performance.now() + IMAGES_WITHIN_MS;
  const count = (): number =>
    readdirSync(directory).filter((name) => !name.startsWith('template')).length;
  while (count() < wanted && performance.now() < deadline) await sleep(SETTLE_MS / 10);
  // The last one is counted from its first byte.
  await sleep(SETTLE_MS);
}

async function throughHouse(bench: Bench, tally: Tally, lanes: number): Promise<void> {
  const labs = Math.min(bench.labs, MOST_THROUGH_WEB);
  bench.say(`${labs} labs through the house, ${lanes} at a time`);
  const closings = new DisposalStack();
  bench.closings.add('house of many', () => closings.dispose());
  const house = await openHouse({ settings: settingsFor(labs) });
  closings.add('house', async () => void (await house.stop()));
  await imagesReady(house.stateDir, labs);
  const took = await inLanes(labs, lanes, async () => {
    const { client } = await clickToPrompt(house);
    closings.add('page', async () => void (await client.close()));
  });
  tally.add(`house: made to prompt, kept, ${lanes} at a time`, labs / (took / 1000));
  await closings.dispose();
}

async function throughKeeper(bench: Bench, tally: Tally, lanes: number): Promise<void> {
  const { labs } = bench;
  bench.say(`${labs} labs by keeper alone, ${lanes} at a time`);
  const closings = new DisposalStack();
  bench.closings.add('keeper of many', () => closings.dispose());
  const keeper = await KeeperAlone.open(settingsFor(labs), closings);
  await imagesReady(keeper.stateDir, labs);
  const before = pssMiB(keeper.pid);
  const took = await inLanes(labs, lanes, async () => {
    const opened = await keeper.open(await keeper.create());
    closings.add('terminal', opened.close);
  });
  tally.add(`keeper: made to prompt, kept, ${lanes} at a time`, labs / (took / 1000));
  await sleep(SETTLE_MS);
  weighLabs(keeper, tally, { labs, before });
  await closings.dispose();
}

function weighLabs(
  keeper: KeeperAlone,
  tally: Tally,
  { labs, before }: { labs: number; before: number },
): void {
  const processes = descendantsOf(keeper.pid).map((pid) => ({
    pid,
    name: nameOf(pid),
    mib: pssMiB(pid),
  }));
  const sum = (isWanted: (name: string) => boolean): number =>
    processes.reduce((total, { name, mib }) => total + (isWanted(name) ? mib : 0), 0) / labs;
  const others = sum((name) => name !== 'bash');
  // Every lab has one shell; its group is the lab's.
  const kernel = processes
    .filter(({ name }) => name === 'bash')
    .flatMap(({ pid }) => kernelMiB(pid) ?? []);
  tally.add('  PSS of its processes but the shell', others);
  tally.add(
    '  PSS of the shell',
    sum((name) => name === 'bash'),
  );
  tally.add('  growth of keeper', (pssMiB(keeper.pid) - before) / labs);
  if (kernel.length === 0) {
    tally.skip('kernel memory of a lab', 'its cgroup does not tell');
    return;
  }
  const mean = kernel.reduce((total, mib) => total + mib, 0) / kernel.length;
  tally.add('  kernel memory by its cgroup', mean);
  tally.add('idle lab with a terminal, shell left out', others + mean);
}

async function bubblewrap(
  bench: Bench,
  tally: Tally,
  { lanes, client, tree }: { lanes: number; client: FloorClient; tree: string },
): Promise<void> {
  const { labs } = bench;
  bench.say(`${labs} sandboxes of bubblewrap, ${lanes} at a time`);
  const pids: number[] = [];
  try {
    const took = await inLanes(labs, lanes, async () => {
      pids.push((await client.start(keptBubblewrap(tree))).pid);
    });
    tally.add(`bubblewrap kept, ${lanes} at a time`, labs / (took / 1000));
    const bwraps = [...pids, ...pids.flatMap(descendantsOf)].filter(
      (pid) => nameOf(pid) === 'bwrap',
    );
    const mib = bwraps.reduce((total, pid) => total + pssMiB(pid), 0);
    tally.add('bubblewrap kept, PSS', mib / labs);
  } catch (error) {
    tally.skip(`bubblewrap kept, ${lanes} at a time`, String(error));
  } finally {
    await client.release();
  }
}
