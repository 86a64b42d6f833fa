// What a class costs that is looked at: labs in which learners read a step with an open check and see the x-ray,
// and type a command now and then. The processor time of keeper and of link, the terminals' share included.
import { setTimeout as sleep } from 'node:timers/promises';
import { DisposalStack } from '../../../server/foundation/disposal.ts';
import { requireCourses } from '../../../content/load.ts';
import { openHouse } from '../../support/house.ts';
import type { Bench } from '../bench.ts';
import { clickToPrompt, settingsForClicks, type Click } from '../lab/click.ts';
import { imagesReady, settingsFor } from '../lab/settings.ts';
import { inLanes } from '../lanes.ts';
import { shareOfCore } from '../processor.ts';
import type { Tally } from '../tally.ts';
import { activeClassName, idleClassName } from './measures.ts';

const COMING_AT_A_TIME = 4;
const SETTLE_MS = 5000;
const MEASURED_MS = 15_000;
/** Milliseconds from one command of a learner to the next. */
const COMMAND_EVERY_MS = 10_000;
const COMMAND = 'ls / >/dev/null\r';

export async function measureClass(bench: Bench, tally: Tally): Promise<void> {
  const { labs } = bench;
  const closings = new DisposalStack();
  bench.closings.add('class', () => closings.dispose());
  const house = await openHouse({ settings: { ...settingsFor(labs), ...settingsForClicks } });
  closings.add('house', async () => void (await house.stop()));
  await imagesReady(house.stateDir, labs);
  const clicks: Click[] = [];
  await inLanes(labs, COMING_AT_A_TIME, async () => {
    const click = await clickToPrompt(house);
    clicks.push(click);
    closings.add('page', async () => void (await click.client.close()));
  });
  const step = firstWithCheck();
  for (const { client } of clicks) {
    client.send({ type: 'step', step });
    client.send({ type: 'xray', on: true, networks: false });
  }
  bench.say(`${labs} labs are looked at`);
  await sleep(SETTLE_MS);
  const pids = [house.pidOf('keeper'), house.pidOf('link')];
  tally.add(idleClassName, await shareOfCore(pids, () => sleep(MEASURED_MS)));
  tally.add(activeClassName, await shareOfCore(pids, () => typeInTurn(clicks)));
  await closings.dispose();
}

function firstWithCheck() {
  for (const { id: course, version, chapters } of requireCourses('content/courses')) {
    for (const { id: chapter, steps } of chapters) {
      const found = steps.find(({ checks }) => checks.length > 0);
      if (found !== undefined) return { course, version, chapter, step: found.id };
    }
  }
  throw new Error('no course has a check');
}

async function typeInTurn(clicks: readonly Click[]): Promise<void> {
  const end = performance.now() + MEASURED_MS;
  for (let turn = 0; performance.now() < end; turn += 1) {
    clicks[turn % clicks.length]?.terminal.type(COMMAND);
    await sleep(COMMAND_EVERY_MS / clicks.length);
  }
}
