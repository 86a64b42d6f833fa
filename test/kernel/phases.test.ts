// Kills keeper by -9 in each phase of making and of taking apart a lab, as soon as the phase can be seen from
// outside, and wants its learner to have a lab again and nothing of the other to be left.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newLabId } from '../../server/foundation/random-id.ts';
import type { Learner } from '../support/house.ts';
import {
  comeUntil,
  enterAgain,
  entryOf,
  groupOf,
  killKeeperWhen,
  type Entry,
  type Phase,
} from './keeper-kills.ts';
import { KernelHouse } from './kernel-house.ts';
import { processesBelow, readOf, statusOf, until } from './kernel-view.ts';

const isEnded = (pid: number) => !/^State:\s+[^Z]/m.test(readOf(pid, 'status') ?? '');

let house: KernelHouse;

beforeAll(async () => {
  house = await KernelHouse.open();
});

afterAll(() => house.close());

/** The learner comes until there is a lab to work in. */
async function workAgain(learner: Learner): Promise<string> {
  const lab = await enterAgain(house, learner);
  const { output } = await lab.run('echo anew');
  lab.client.send({ type: 'reset' });
  await lab.client.closed;
  await until('nothing of it left', () => house.remainsOfLabs().length === 0);
  return output;
}

const making: readonly Phase<Entry>[] = [
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

const takingApart: readonly Phase<Entry>[] = [
  ['it was asked to', () => true],
  ['PID 1 has ended', ({ init }) => init === null || isEnded(init.pid)],
  ['its groups are gone', (entry) => !existsSync(groupOf(entry))],
  ['its disk is gone', ({ image }) => !existsSync(join(house.stateDir, 'keeper/images', image))],
  ['the journal names it no more', ({ lab }) => entryOf(house, lab) === undefined],
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
    const coming = comeUntil(house, learner, arrival.signal);
    await killKeeperWhen(house, () => {
      const entry = entryOf(house, lab);
      return entry !== undefined && isReached(entry);
    });
    arrival.abort();
    await coming;
    expect(await workAgain(learner)).toBe('anew');
  });

  test.each(takingApart)('[L14] while it takes a lab apart: %s', async (_name, isReached) => {
    const lab = await house.enter();
    const entry = entryOf(house, lab.name);
    if (entry === undefined) throw new Error('the journal does not name the lab');
    lab.client.send({ type: 'reset' });
    await killKeeperWhen(house, () => isReached(entry));
    await lab.client.closed;
    expect(await workAgain(lab.learner)).toBe('anew');
  });

  test('[L14] when another house has taken the slot meanwhile, it is left to that', async () => {
    const lab = await house.enter();
    const entry = entryOf(house, lab.name);
    if (entry === undefined) throw new Error('the journal does not name the lab');
    const group = join(dirname(groupOf(entry)), 'slot-4000');
    mkdirSync(group);
    const sleeper = spawn('sleep', ['600']);
    const ended = new Promise((resolve) => sleeper.on('exit', resolve));
    try {
      writeFileSync(join(group, 'cgroup.procs'), String(sleeper.pid));
      const journal = join(house.stateDir, 'keeper/journal');
      const ghost = newLabId();
      const own = { lab: ghost, place: ghost, slot: 4000, group: '1', image: 'gone.img' };
      const left = { ...entry, ...own, isWarm: true, init: null };
      writeFileSync(join(journal, `${ghost}.json`), JSON.stringify(left));
      await killKeeperWhen(house, () => true);
      await until('the entry to go', () => !existsSync(join(journal, `${ghost}.json`)));
      expect(processesBelow(group)).toEqual([sleeper.pid]);
    } finally {
      sleeper.kill('SIGKILL');
      await ended;
      rmdirSync(group);
    }
    lab.client.send({ type: 'reset' });
    await lab.client.closed;
    expect(await workAgain(lab.learner)).toBe('anew');
  });
});
