// What the suites share that kill keeper by -9 as soon as something can be seen from outside: the journal's entry of
// a lab, the moment, and the learner who comes again. Knows no phase.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Learner } from '../support/house.ts';
import { patient } from '../support/patience.ts';
import { COME_AGAIN_MS, type KernelHouse } from './kernel-house.ts';
import { hierarchies, until } from './kernel-view.ts';
import type { LearnerLab } from './learner-lab.ts';

const REACHED_WITHIN_MS = 30_000;

const entrySchema = z.looseObject({
  lab: z.string(),
  learner: z.string(),
  slot: z.int(),
  image: z.string(),
  isWarm: z.boolean(),
  isUnpacking: z.boolean(),
  init: z.looseObject({ pid: z.int() }).nullable(),
});
export type Entry = z.infer<typeof entrySchema>;
export type Phase<What> = readonly [name: string, isReached: (what: What) => boolean];

const pids = hierarchies.find(({ controllers }) => controllers.includes('pids'))?.mountPoint ?? '';

/** The group of a lab in the hierarchy that counts processes, there or not. */
export const groupOf = ({ slot }: Entry) => join(pids, 'coulisse', `slot-${slot}`);

/** The journal's entry of a lab, while there is one. */
export function entryOf(house: KernelHouse, lab: string): Entry | undefined {
  try {
    const path = join(house.stateDir, 'keeper/journal', `${lab}.json`);
    return entrySchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/** Looks as often as this process can, and kills in the same turn. */
export async function killKeeperWhen(house: KernelHouse, isReached: () => boolean): Promise<void> {
  const keeper = house.house.pidOf('keeper');
  const deadline = Date.now() + patient(REACHED_WITHIN_MS);
  while (!isReached()) {
    if (Date.now() > deadline) throw new Error('the phase was not reached');
    await turn();
  }
  process.kill(keeper, 'SIGKILL');
}

/** Comes again and again, as a page does, until told to stop. */
export async function comeUntil(
  house: KernelHouse,
  learner: Learner,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const client = await house.house.connect(learner).catch(() => undefined);
    if (client === undefined) await sleep(COME_AGAIN_MS);
    else {
      await until('the phase', () => signal.aborted);
      await client.close();
    }
  }
}

/** The same until the learner is in a lab. */
export function enterAgain(house: KernelHouse, learner: Learner): Promise<LearnerLab> {
  return until('a lab', async () => {
    const entered = await house.enter(learner).catch(() => undefined);
    if (entered === undefined) await sleep(COME_AGAIN_MS);
    return entered;
  });
}
