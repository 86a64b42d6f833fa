// Kills keeper by -9 in each phase of keeping a home and of bringing it back, as soon as the phase can be seen from
// outside, and wants nothing of the home to be lost: neither what was kept nor, while the lab lives, what was not.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
import { processesBelow, until } from './kernel-view.ts';
import type { LearnerLab } from './learner-lab.ts';

/** A second. */
const OFTEN = '0.017';
/** So much that each phase takes its time. */
const LARGE_MIB = 24;

let house: KernelHouse;

beforeAll(async () => {
  house = await KernelHouse.open({ COULISSE_CHECKPOINT_MINUTES: OFTEN });
});

afterAll(() => house.close());

const homeFile = ({ learner }: Entry, kind: 'draft' | 'tar') =>
  join(house.stateDir, 'keeper/homes', `${learner}.${kind}`);
/** Bytes and time of a file; undefined while it is not there. */
const statsOf = (path: string) => statSync(path, { throwIfNoEntry: false });

function entryFor(lab: LearnerLab): Entry {
  const entry = entryOf(house, lab.name);
  if (entry === undefined) throw new Error('the journal does not name the lab');
  return entry;
}

/** A lab with `second` in a file and a large file at home. */
async function furnish(): Promise<LearnerLab> {
  const lab = await house.enter();
  const fill = `head -c ${LARGE_MIB}M /dev/urandom > ~/large; sha256sum ~/large > ~/sum`;
  expect((await lab.run(`${fill}; echo second > ~/file`)).code).toBe(0);
  return lab;
}

/** The same, after its home was kept with `first` in the file. */
async function furnishTwice(): Promise<LearnerLab> {
  const lab = await furnish();
  await lab.run('echo first > ~/file');
  const archive = homeFile(entryFor(lab), 'tar');
  // What is kept first may have been begun before.
  for (const which of ['once', 'twice']) {
    const before = statsOf(archive)?.mtimeMs;
    await until(`it is kept ${which}`, () => statsOf(archive)?.mtimeMs !== before);
  }
  await lab.run('echo second > ~/file');
  return lab;
}

/** What the learner finds at home: the word, and whether the large file is whole. */
async function lookAround(lab: LearnerLab): Promise<string> {
  return (await lab.run('cat ~/file; sha256sum --check --quiet ~/sum && echo whole')).output;
}

const drafts = () =>
  readdirSync(join(house.stateDir, 'keeper/homes')).filter((name) => name.endsWith('.draft'));

const keeping: readonly Phase<{ entry: Entry; keptAt: number }>[] = [
  ['a draft is there', ({ entry }) => existsSync(homeFile(entry, 'draft'))],
  ['tar runs', ({ entry }) => processesBelow(join(groupOf(entry), 'errands')).length > 0],
  ['a part is written', ({ entry }) => (statsOf(homeFile(entry, 'draft'))?.size ?? 0) > 0],
  [
    'all is written',
    ({ entry }) => (statsOf(homeFile(entry, 'draft'))?.size ?? 0) > LARGE_MIB * 1024 ** 2,
  ],
  [
    'it has taken its place',
    ({ entry, keptAt }) => (statsOf(homeFile(entry, 'tar'))?.mtimeMs ?? 0) > keptAt,
  ],
];

describe('[L14] [L19] keeper killed by -9', () => {
  test.each(keeping)(
    '[L14] [L19] while it keeps the home of a lab in use: %s',
    async (_name, isReached) => {
      const lab = await furnishTwice();
      const entry = entryFor(lab);
      const { init } = lab;
      const keptAt = statsOf(homeFile(entry, 'tar'))?.mtimeMs ?? 0;
      await killKeeperWhen(house, () => isReached({ entry, keptAt }));
      const again = await enterAgain(house, lab.learner);
      expect(again.init).toBe(init);
      expect(await lookAround(again)).toBe('second\nwhole');
      // Nothing is kept any more at this end: the next lab has what the clock kept, before or after.
      process.kill(init, 'SIGKILL');
      await again.client.closed;
      const next = await enterAgain(house, lab.learner);
      expect(await lookAround(next)).toMatch(/^(first|second)\nwhole$/);
      await until('no draft is left', () => drafts().length === 0);
      next.client.send({ type: 'reset' });
      await next.client.closed;
    },
  );

  const ending: typeof keeping = [
    ['all but PID 1 is killed', ({ entry }) => processesBelow(groupOf(entry)).length === 1],
    ...keeping,
    ['the lab is gone', ({ entry }) => !existsSync(groupOf(entry))],
  ];

  test.each(ending)(
    '[L14] [L19] while it keeps the home of a lab that ends: %s',
    async (_name, isReached) => {
      const lab = await furnish();
      const entry = entryFor(lab);
      // The clock may just be keeping it too: the end waits for that.
      await until('no draft', () => !existsSync(homeFile(entry, 'draft')));
      const keptAt = statsOf(homeFile(entry, 'tar'))?.mtimeMs ?? 0;
      lab.client.send({ type: 'reset', home: 'keep' });
      await killKeeperWhen(house, () => isReached({ entry, keptAt }));
      await lab.client.closed;
      // Either the lab goes on or its home is in the next one.
      const next = await enterAgain(house, lab.learner);
      expect(await lookAround(next)).toBe('second\nwhole');
      await until('no draft is left', () => drafts().length === 0);
      next.client.send({ type: 'reset' });
      await next.client.closed;
    },
  );

  const returning: readonly Phase<Entry>[] = [
    [
      'the journal says that it is not whole yet',
      ({ isUnpacking, init }) => isUnpacking && init !== null,
    ],
    ['tar runs', (entry) => processesBelow(join(groupOf(entry), 'errands')).length > 0],
    [
      'a part is there',
      ({ init }) => (statsOf(`/proc/${init?.pid}/root/home/student/large`)?.size ?? 0) > 0,
    ],
    ['the journal says that it is whole', ({ isUnpacking, init }) => !isUnpacking && init !== null],
  ];

  test.each(returning)('[L14] [L19] while it brings a home back: %s', async (_name, isReached) => {
    const lab = await furnish();
    lab.client.send({ type: 'reset', home: 'keep' });
    await lab.client.closed;
    await until('nothing of it left', () => house.remainsOfLabs().length === 0);
    const arrival = new AbortController();
    const coming = comeUntil(house, lab.learner, arrival.signal);
    await killKeeperWhen(house, () => {
      const entry = entryOf(house, lab.name);
      return entry !== undefined && isReached(entry);
    });
    arrival.abort();
    await coming;
    const next = await enterAgain(house, lab.learner);
    expect(await lookAround(next)).toBe('second\nwhole');
    next.client.send({ type: 'reset' });
    await next.client.closed;
    await until('nothing of it left', () => house.remainsOfLabs().length === 0);
  });
});
