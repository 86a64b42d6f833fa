// Many learners who type at once, each in a lab of their own: how fast their keys echo, and what all of our
// processes take of a core together. Knows no peer.
import { setTimeout as sleep } from 'node:timers/promises';
import { DisposalStack } from '../../../server/foundation/disposal.ts';
import { descendantsOf, openHouse } from '../../support/house.ts';
import type { LabTerminal } from '../../support/lab-terminal.ts';
import type { Bench } from '../bench.ts';
import { clickToPrompt, settingsForClicks } from '../lab/click.ts';
import { echo } from '../lab/echo.ts';
import { imagesReady, settingsFor } from '../lab/settings.ts';
import { inLanes } from '../lanes.ts';
import { shareOfCore } from '../processor.ts';
import type { Tally } from '../tally.ts';
import { typistNames } from './measures.ts';

const COMING_AT_A_TIME = 4;
const SETTLE_MS = 5000;
const MEASURED_MS = 10_000;
const KEY_EVERY_MS = 200;
/** A line that wraps echoes more than its key. */
const KEYS_A_LINE = 40;
const CLEAR_LINE = '\x15';

export async function measureTypists(bench: Bench, tally: Tally): Promise<void> {
  const { labs } = bench;
  bench.say(`${labs} learners type`);
  const closings = new DisposalStack();
  bench.closings.add('typists', () => closings.dispose());
  const house = await openHouse({ settings: { ...settingsFor(labs), ...settingsForClicks } });
  closings.add('house', async () => void (await house.stop()));
  await imagesReady(house.stateDir, labs);
  const terminals: LabTerminal[] = [];
  await inLanes(labs, COMING_AT_A_TIME, async () => {
    const { client, terminal } = await clickToPrompt(house);
    terminals.push(terminal);
    closings.add('page', async () => void (await client.close()));
  });
  await sleep(SETTLE_MS);
  const main = house.main.pid ?? 0;
  const ours = ['keeper', 'link', 'web'] as const;
  const pids = [
    main,
    ...ours.map((name) => house.pidOf(name)),
    ...spawnersOf(house.pidOf('keeper')),
  ];
  const end = performance.now() + MEASURED_MS;
  const share = await shareOfCore(pids, async () => {
    const typing = terminals.map((terminal, index) =>
      typeUntil(terminal, { end, after: (index / labs) * KEY_EVERY_MS }),
    );
    for (const samples of await Promise.all(typing)) tally.add(typistNames.echo, ...samples);
  });
  tally.add(typistNames.share, share);
  tally.note(
    `${labs} learners typed in as many labs, keeper looking at each when something is done`,
  );
  await closings.dispose();
}

/** keeper's children are the spawner, and what is in labs: that is the learners'. */
function spawnersOf(keeper: number): number[] {
  return descendantsOf(keeper).slice(0, 1);
}

async function typeUntil(
  terminal: LabTerminal,
  { end, after }: { end: number; after: number },
): Promise<number[]> {
  const samples: number[] = [];
  await sleep(after);
  for (let next = performance.now(); next < end; next += KEY_EVERY_MS) {
    await sleep(Math.max(0, next - performance.now()));
    samples.push(await echo(terminal));
    if (samples.length % KEYS_A_LINE === 0) terminal.type(CLEAR_LINE);
  }
  return samples;
}
