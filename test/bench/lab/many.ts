// Many labs, and many sandboxes of each peer, made and kept alive: how many a second, and what each costs in
// memory. Knows no single start.
import { setTimeout as sleep } from 'node:timers/promises';
import { DisposalStack } from '../../../server/foundation/disposal.ts';
import { messageOf } from '../../../server/foundation/errors.ts';
import { descendantsOf } from '../../support/house.ts';
import type { Bench } from '../bench.ts';
import type { FloorClient } from '../floor-client.ts';
import { KeeperAlone } from '../keeper-alone.ts';
import { inLanes } from '../lanes.ts';
import { kernelMiB, machineKernelMiB, machineReclaimableMiB, nameOf, pssMiB } from '../memory.ts';
import type { Tally } from '../tally.ts';
import { keptPeers, nameOfShell, type Peer } from './peer.ts';
import { imagesReady, settingsFor } from './settings.ts';

/** So many at a time: as many as help is the best of them. */
const concurrencies = [2, 4] as const;
/** Memory of what has just been made still settles. */
const SETTLE_MS = 500;

/** Makes all, some at a time, and returns how many a second. */
type Make = (lanes: number) => Promise<number>;

export async function measureMany(
  bench: Bench,
  tally: Tally,
  { client, peers }: { client: FloorClient; peers: readonly Peer[] },
): Promise<void> {
  const makers = new Map<string, Make>([['keeper', (lanes) => makeLabs(bench, tally, lanes)]]);
  for (const peer of peers.filter(({ name }) => keptPeers.includes(name))) {
    makers.set(peer.name, (lanes) => makeSandboxes(bench, tally, { lanes, client, peer }));
  }
  const best = new Map<string, number>();
  for (const lanes of concurrencies) {
    for (const [name, make] of makers) {
      try {
        const rate = await make(lanes);
        bench.say(`${bench.labs} of ${name}, ${lanes} at a time: ${rate.toFixed(1)} a second`);
        best.set(name, Math.max(rate, best.get(name) ?? 0));
      } catch (error) {
        if (name === 'keeper') throw error;
        tally.skip(`${name}, made and kept, ${lanes} at a time`, messageOf(error));
      }
    }
  }
  for (const [name, rate] of best) tally.add(`${name}: made to first byte and kept`, rate);
}

async function makeLabs(bench: Bench, tally: Tally, lanes: number): Promise<number> {
  const { labs } = bench;
  const closings = new DisposalStack();
  bench.closings.add('keeper of many', () => closings.dispose());
  const keeper = await KeeperAlone.open(settingsFor(labs), closings);
  await imagesReady(keeper.stateDir, labs);
  const before = weigh(keeper.pid, 'bash');
  const kernelBefore = machineKernelMiB();
  const reclaimableBefore = machineReclaimableMiB();
  const took = await inLanes(labs, lanes, async () => {
    const opened = await keeper.open(await keeper.create());
    closings.add('terminal', opened.close);
  });
  await sleep(SETTLE_MS);
  if (lanes === concurrencies[0]) {
    const after = weigh(keeper.pid, 'bash');
    const own = (after.others - before.others) / labs;
    const kernel = (machineKernelMiB() - kernelBefore) / labs;
    tally.add('lab: PSS of its processes but the shell', own);
    tally.add('lab: PSS of the shell', after.shells / labs);
    const reclaimable = (machineReclaimableMiB() - reclaimableBefore) / labs;
    tally.add('lab: growth of the kernel', kernel);
    tally.add('lab: of that, what the kernel can drop', reclaimable);
    tally.add('lab: growth of keeper', (after.root - before.root) / labs);
    tally.add('idle lab with a terminal, shell left out', own + kernel);
    const charged = kernelOfGroups(keeper.pid);
    if (charged === undefined) tally.skip('kernel memory of a lab', 'its cgroup does not tell');
    else tally.add('lab: kernel memory by its cgroup', charged);
  }
  await closings.dispose();
  return labs / (took / 1000);
}

async function makeSandboxes(
  bench: Bench,
  tally: Tally,
  { lanes, client, peer }: { lanes: number; client: FloorClient; peer: Peer },
): Promise<number> {
  const { labs } = bench;
  const pids: number[] = [];
  const kernelBefore = machineKernelMiB();
  try {
    const took = await inLanes(labs, lanes, async () => {
      pids.push((await client.start(peer.command(), { keep: true })).pid);
    });
    if (lanes === concurrencies[0]) {
      await sleep(SETTLE_MS);
      const weights = pids.map((pid) => weigh(pid, nameOfShell));
      const mib = weights.reduce((sum, { root, others }) => sum + root + others, 0);
      const kernel = machineKernelMiB() - kernelBefore;
      tally.add(`${peer.name}: memory, shell left out`, (mib + kernel) / labs);
    }
    return labs / (took / 1000);
  } finally {
    await client.release();
  }
}

/** MiB of a process, of the shells below it, and of everything else below it. */
function weigh(root: number, shell: string): { root: number; shells: number; others: number } {
  const weight = { root: pssMiB(root), shells: 0, others: 0 };
  for (const pid of descendantsOf(root)) {
    weight[nameOf(pid) === shell ? 'shells' : 'others'] += pssMiB(pid);
  }
  return weight;
}

/** Mean of what is charged to the groups of the labs; each has one shell. */
function kernelOfGroups(keeperPid: number): number | undefined {
  const charged = descendantsOf(keeperPid)
    .filter((pid) => nameOf(pid) === 'bash')
    .flatMap((pid) => kernelMiB(pid) ?? []);
  if (charged.length === 0) return undefined;
  return charged.reduce((sum, mib) => sum + mib, 0) / charged.length;
}
