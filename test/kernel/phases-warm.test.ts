// Kills keeper by -9 in each phase of making a warm lab and of giving one, of freezing and of thawing, as soon as the
// phase can be seen from outside, and wants the labs of learners to go on and nothing of the others to be left.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  enterAgain,
  entryOf,
  groupOf,
  killKeeperWhen,
  type Entry,
  type Phase,
} from './keeper-kills.ts';
import { KernelHouse } from './kernel-house.ts';
import { isFrozen, processesBelow, readOf, until } from './kernel-view.ts';

let house: KernelHouse;

beforeAll(async () => {
  house = await KernelHouse.open({ COULISSE_WARM_LABS: '1', COULISSE_FREEZE_MINUTES: '0.01' });
});

afterAll(() => house.close());

const journal = () => join(house.stateDir, 'keeper/journal');

function warmEntries(): Entry[] {
  return readdirSync(journal())
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => entryOf(house, basename(name, '.json')) ?? [])
    .filter(({ isWarm }) => isWarm);
}

/** PID 1 and a shell. */
const isReady = (entry: Entry) => entry.init !== null && processesBelow(groupOf(entry)).length > 1;
const warmLab = () => until('a warm lab', () => warmEntries().find(isReady));
const hasEnded = (pid: number) => !/^State:\s+[^Z]/m.test(readOf(pid, 'status') ?? '');

/** What is left of a lab that nobody got. */
const remainsOf = (entry: Entry, processes: readonly number[]) => [
  ...processes.filter((pid) => !hasEnded(pid)).map((pid) => `process ${pid}`),
  ...[
    join(house.stateDir, 'keeper/images', entry.image),
    join(journal(), `${entry.lab}.json`),
  ].filter((path) => existsSync(path)),
];

const making: readonly Phase<Entry>[] = [
  ['the journal names it', () => true],
  ['its slot is taken', (entry) => existsSync(groupOf(entry))],
  ['a process is in its groups', (entry) => processesBelow(groupOf(entry)).length > 0],
  ['the journal names PID 1', ({ init }) => init !== null],
  ['its shell runs', isReady],
];

describe('[L14] [L17] keeper killed by -9', () => {
  test.each(making)('[L14] [L17] while it makes a warm lab: %s', async (_name, isReached) => {
    const { lab: taken } = await warmLab();
    const lab = await house.enter();
    const { init } = lab;
    let found: Entry | undefined;
    let processes: number[] = [];
    // The first was given: the one that is made now takes its place.
    await killKeeperWhen(house, () => {
      found = warmEntries().find((entry) => entry.lab !== taken);
      processes = found === undefined ? [] : processesBelow(groupOf(found));
      return found !== undefined && isReached(found);
    });
    const half = found;
    if (half === undefined) throw new Error('unreachable');
    const other = await until('another warm lab', () =>
      warmEntries().find((entry) => entry.lab !== half.lab && isReady(entry)),
    );
    await until('nothing is left of the first', () => remainsOf(half, processes).length === 0);
    expect(other.image).not.toBe(half.image);
    // The learner's lab was there all the time.
    const again = await enterAgain(house, lab.learner);
    expect(again.init).toBe(init);
    expect((await again.run('echo here')).output).toBe('here');
    again.client.send({ type: 'reset' });
    await again.client.closed;
  });

  test('[L14] [L17] while it gives a warm lab: of the two entries the learner’s is the truth', async () => {
    const warm = await warmLab();
    const path = join(journal(), `${warm.lab}.json`);
    const before = readFileSync(path, 'utf8');
    const lab = await house.enter();
    expect(lab.init).toBe(warm.init?.pid);
    // As keeper leaves it when it ends after it has written the one and before it has removed the other.
    writeFileSync(path, before);
    await killKeeperWhen(house, () => true);
    await until('the other is forgotten', () => !existsSync(path));
    const again = await enterAgain(house, lab.learner);
    expect(again.init).toBe(warm.init?.pid);
    expect((await again.run('echo here')).output).toBe('here');
    again.client.send({ type: 'reset' });
    await again.client.closed;
  });
});

describe('[L14] [L18] keeper killed by -9', () => {
  /** A lab without a page, in which something writes its count into a file all the time. */
  async function leaveBusyLab() {
    const lab = await house.enter();
    const { init, learner } = lab;
    await lab.run(
      '(setsid bash -c "for ((i = 0; ; i++)); do echo \\$i > ~/beat; sleep 0.05; done" &) </dev/null >/dev/null 2>&1',
    );
    await lab.client.close();
    return { init, learner, beat: `/proc/${init}/root/home/student/beat` };
  }

  /** Its learner comes back to the same lab, in which everything goes on. */
  async function comeBack({ init, learner, beat }: Awaited<ReturnType<typeof leaveBusyLab>>) {
    const again = await enterAgain(house, learner);
    await until('it is thawed', () => !isFrozen(init));
    const before = readFileSync(beat, 'utf8');
    await until('what ran goes on', () => readFileSync(beat, 'utf8') !== before);
    const { output } = await again.run('echo here');
    const back = again.init;
    again.client.send({ type: 'reset' });
    await again.client.closed;
    return { back, output };
  }

  test('[L14] [L18] the moment when it has frozen a lab', async () => {
    const left = await leaveBusyLab();
    await killKeeperWhen(house, () => isFrozen(left.init));
    expect(await comeBack(left)).toEqual({ back: left.init, output: 'here' });
  });

  test('[L14] [L18] the moment when it has thawed a lab', async () => {
    const left = await leaveBusyLab();
    await until('it is frozen', () => isFrozen(left.init));
    const coming = house.enter(left.learner).catch(() => undefined);
    await killKeeperWhen(house, () => !isFrozen(left.init));
    await coming;
    expect(await comeBack(left)).toEqual({ back: left.init, output: 'here' });
  });
});
