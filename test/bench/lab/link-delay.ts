// By how much link, and a terminal in another lab, are delayed while a lab is made: link's event loop tells by
// its inspector, the terminal by its echo. Knows no other measurement.
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { DisposalStack } from '../../../server/foundation/disposal.ts';
import { messageOf } from '../../../server/foundation/errors.ts';
import type { TestHouse } from '../../support/house.ts';
import type { Bench } from '../bench.ts';
import { Inspector } from '../inspector.ts';
import type { Tally } from '../tally.ts';
import { clickToPrompt, endLab } from './click.ts';
import { echo, echoWhile } from './echo.ts';

/** More creations than these add nothing. */
const MOST_CREATIONS = 30;
const IDLE_MS = 2000;
const KEY_EVERY_MS = 10;

/** A timer of a millisecond in link writes down by how much it is late. */
const WATCH = `globalThis.coulisseLate = (() => {
  const late = { on: false, list: [] };
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    if (late.on) late.list.push(now - last - 1);
    last = now;
  }, 1).unref();
  return late;
})(), true`;

export async function measureLinkDelay(
  bench: Bench,
  tally: Tally,
  house: TestHouse,
): Promise<void> {
  bench.say('link while labs are made');
  const closings = new DisposalStack();
  bench.closings.add('another lab', () => closings.dispose());
  const other = await clickToPrompt(house);
  closings.add('another lab', () => endLab(house, other.client));
  const loop = await watchLoop(house, tally, closings);
  const idle = await echoWhile(other.terminal, KEY_EVERY_MS, async () => {
    await loop.start();
    await sleep(IDLE_MS);
    tally.add('link: event loop late, idle', ...(await loop.stop()));
  });
  tally.add('echo in another lab, idle', ...idle.samples);
  for (let made = 0; made < Math.min(bench.rounds, MOST_CREATIONS); made += 1) {
    await loop.start();
    const { samples, result } = await echoWhile(other.terminal, KEY_EVERY_MS, () =>
      clickToPrompt(house),
    );
    tally.add('link: event loop late while a lab is made', ...(await loop.stop()));
    tally.add('echo in another lab while a lab is made', ...samples);
    await endLab(house, result.client);
  }
  // What was typed last was read by a shell that lives.
  await echo(other.terminal);
  await closings.dispose();
}

type Loop = { start(): Promise<unknown>; stop(): Promise<number[]> };

async function watchLoop(house: TestHouse, tally: Tally, closings: DisposalStack): Promise<Loop> {
  try {
    const inspector = await Inspector.open(house.pidOf('link'), closings);
    await inspector.evaluate(WATCH, z.literal(true));
    const turn = 'coulisseLate.list = []; coulisseLate.on = true';
    const read = 'coulisseLate.on = false; coulisseLate.list';
    return {
      start: () => inspector.evaluate(turn, z.literal(true)),
      stop: () => inspector.evaluate(read, z.array(z.number())),
    };
  } catch (error) {
    tally.skip('event loop of link', messageOf(error));
    return { start: async () => undefined, stop: async () => [] };
  }
}
