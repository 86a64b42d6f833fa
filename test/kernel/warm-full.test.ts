// Labs that are made beforehand in a house that has no room for more than those.
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { journalEntries } from './journal-entries.ts';
import { KernelHouse } from './kernel-house.ts';
import { until } from './kernel-view.ts';

/** Without what it tests one of three failed. */
const ROUNDS = 8;

let house: KernelHouse;

beforeAll(async () => {
  house = await KernelHouse.open({ COULISSE_LABS: '1', COULISSE_WARM_LABS: '1' });
});

afterAll(() => house.close());

const entries = () => journalEntries(house.stateDir);

/** Of all that were in the journal while a learner came just after the next lab was begun. */
async function slotsWhileComing(): Promise<Set<number>> {
  const first = await house.enter();
  first.client.send({ type: 'reset' });
  await first.client.closed;
  await until('the next lab is begun', () => entries().some(({ isWarm }) => isWarm));
  // A lab that is given has two entries for a moment, and one slot.
  const slots = new Set(entries().map(({ slot }) => slot));
  const coming = { isOver: false };
  const looking = (async () => {
    while (!coming.isOver) {
      for (const { slot } of entries()) slots.add(slot);
      await turn();
    }
  })();
  const lab = await house.enter();
  coming.isOver = true;
  await looking;
  expect((await lab.run('echo mine')).output).toBe('mine');
  lab.client.send({ type: 'reset' });
  await lab.client.closed;
  return slots;
}

test('[L10] [L17] who comes while a lab is being made gets that one: there are never more than there may be', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    expect((await slotsWhileComing()).size).toBe(1);
  }
});
