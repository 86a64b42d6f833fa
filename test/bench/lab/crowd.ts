// A whole workshop in one house, each learner with a terminal: how fast they come in, what all of it takes of
// the machine's memory, and how fast a key echoes. Knows no single start.
import { setTimeout as sleep } from 'node:timers/promises';
import { DisposalStack } from '../../../server/foundation/disposal.ts';
import { descendantsOf, openHouse } from '../../support/house.ts';
import type { LabTerminal } from '../../support/lab-terminal.ts';
import type { Bench } from '../bench.ts';
import { inLanes } from '../lanes.ts';
import { machineKernelMiB, machineUsedMiB, pssMiB } from '../memory.ts';
import type { Tally } from '../tally.ts';
import { clickToPrompt, settingsForClicks } from './click.ts';
import { echo } from './echo.ts';
import { imagesReady, settingsFor } from './settings.ts';

const COMING_AT_A_TIME = 4;
const SETTLE_MS = 2000;
/** Keys of each learner, one learner after the other. */
const KEYS_EACH = 3;
const KEY_EVERY_MS = 2;
const MIB_PER_GIB = 1024;

export async function measureCrowd(bench: Bench, tally: Tally): Promise<void> {
  const { crowd } = bench;
  bench.say(`${crowd} learners in one house`);
  const closings = new DisposalStack();
  bench.closings.add('crowd', () => closings.dispose());
  const before = { used: machineUsedMiB(), kernel: machineKernelMiB() };
  const house = await openHouse({ settings: { ...settingsFor(crowd), ...settingsForClicks } });
  closings.add('house', async () => void (await house.stop()));
  await imagesReady(house.stateDir, crowd);
  const terminals: LabTerminal[] = [];
  const took = await inLanes(crowd, COMING_AT_A_TIME, async () => {
    const { client, terminal } = await clickToPrompt(house);
    terminals.push(terminal);
    closings.add('page', async () => void (await client.close()));
  });
  tally.add('house: learners let in', crowd / (took / 1000));
  await sleep(SETTLE_MS);
  const root = house.main.pid ?? 0;
  const processes = [root, ...descendantsOf(root)].reduce((sum, pid) => sum + pssMiB(pid), 0);
  const kernel = machineKernelMiB() - before.kernel;
  tally.add('crowd: less available on the machine', (machineUsedMiB() - before.used) / MIB_PER_GIB);
  tally.add('crowd: PSS of everything and kernel', (processes + kernel) / MIB_PER_GIB);
  bench.say('a key in each of their terminals');
  for (let key = 0; key < KEYS_EACH; key += 1) {
    for (const terminal of terminals) {
      tally.add('crowd: echo', await echo(terminal));
      await sleep(KEY_EVERY_MS);
    }
  }
  await closings.dispose();
}
