// Kills keeper by -9 in each phase of making and of taking apart a lab, as soon as the phase can be seen from
// outside, and wants its learner to have a lab again and nothing of the other to be left.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Learner } from '../support/house.ts';
import { COME_AGAIN_MS, KernelHouse } from './kernel-house.ts';
import { hierarchies, processesBelow, readOf, statusOf, until } from './kernel-view.ts';

const entrySchema = z.looseObject({
  slot: z.int(),
  image: z.string(),
  init: z.looseObject({ pid: z.int() }).nullable(),
});
type Entry = z.infer<typeof entrySchema>;
type Phase = readonly [name: string, isReached: (entry: Entry) => boolean];

const pids = hierarchies.find(({ controllers }) => controllers.includes('pids'))?.mountPoint ?? '';
const groupOf = ({ slot }: Entry) => join(pids, 'coulisse', `slot-${slot}`);
const isEnded = (pid: number) => !/^State:\s+[^Z]/m.test(readOf(pid, 'status') ?? '');

let house: KernelHouse;

beforeAll(async () => {
  house = await KernelHouse.open();
});

afterAll(() => house.close());

/** The journal's entry of a lab, while there is one. */
function entryOf(lab: string): Entry | undefined {
  try {
    const path = join(house.stateDir, 'keeper/journal', `${lab}.json`);
    return entrySchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/** Comes again and again, as a page does, until told to stop. */
async function comeUntil(learner: Learner, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const client = await house.house.connect(learner).catch(() => undefined);
    if (client === undefined) await sleep(COME_AGAIN_MS);
    else {
      await until('the phase', () => signal.aborted);
      await client.close();
    }
  }
}

async function killKeeperWhen(isReached: () => boolean): Promise<void> {
  const keeper = house.house.pidOf('keeper');
  const deadline = Date.now() + 30_000;
  while (!isReached()) {
    if (Date.now() > deadline) throw new Error('the phase was not reached');
    await turn();
  }
  process.kill(keeper, 'SIGKILL');
}

/** The learner comes until there is a lab to work in. */
async function workAgain(learner: Learner): Promise<string> {
  const lab = await until('a lab', async () => {
    const entered = await house.enter(learner).catch(() => undefined);
    if (entered === undefined) await sleep(COME_AGAIN_MS);
    return entered;
  });
  const { output } = await lab.run('echo anew');
  lab.client.send({ type: 'reset' });
  await lab.client.closed;
  await until('nothing of it left', () => house.remainsOfLabs().length === 0);
  return output;
}

const making: readonly Phase[] = [
  ['the journal names it', () => true],
  ['its slot is taken', (entry) => existsSync(groupOf(entry))],
  ['its groups are made', (entry) => existsSync(join(groupOf(entry), 'lab'))],
  ['a process is in its groups', (entry) => processesBelow(groupOf(entry)).length > 0],
  [
    'PID 1 is born',
    (entry) => processesBelow(groupOf(entry)).some((pid) => levelsOf(pid).length > 1),
  ],
  ['the journal names PID 1', ({ init }) => init !== null],
];

const takingApart: readonly Phase[] = [
  ['PID 1 has ended', ({ init }) => init === null || isEnded(init.pid)],
  ['its groups are gone', (entry) => !existsSync(groupOf(entry))],
  ['its disk is gone', ({ image }) => !existsSync(join(house.stateDir, 'keeper/images', image))],
];

/** Its PID in each namespace, from the outermost; none when it has ended. */
function levelsOf(pid: number): string[] {
  try {
    return statusOf(pid, 'NSpid').split(' ');
  } catch {
    return [];
  }
}

describe('[L14] keeper killed by -9', () => {
  test.each(making)('[L14] while it makes a lab: %s', async (_name, isReached) => {
    const learner = await house.house.arrive();
    const { lab } = learner.answer;
    const arrival = new AbortController();
    const coming = comeUntil(learner, arrival.signal);
    await killKeeperWhen(() => {
      const entry = entryOf(lab);
      return entry !== undefined && isReached(entry);
    });
    arrival.abort();
    await coming;
    expect(await workAgain(learner)).toBe('anew');
  });

  test.each(takingApart)('[L14] while it takes a lab apart: %s', async (_name, isReached) => {
    const lab = await house.enter();
    const entry = entryOf(lab.name);
    if (entry === undefined) throw new Error('the journal does not name the lab');
    lab.client.send({ type: 'reset' });
    await killKeeperWhen(() => isReached(entry));
    await lab.client.closed;
    expect(await workAgain(lab.learner)).toBe('anew');
  });
});
