// The plan of workshops: what the operator may say, and how many labs are warm when.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inWords, readWish } from '../../../server/keeper/warm-plan/command.ts';
import { opensAt, wantedNow, type Workshop } from '../../../server/keeper/warm-plan/plan.ts';
import { planPath, readPlan, writePlan } from '../../../server/keeper/warm-plan/plan-file.ts';
import { whatIsTight, type Room } from '../../../server/keeper/warm-plan/room.ts';

const hour = 3_600_000;
const now = new Date('2026-11-24T12:00:00Z').getTime();
const workshop: Workshop = { id: 1, labs: 30, at: now + hour, forMs: 3 * hour };
const nobody = () => 0;

describe('labs wanted', () => {
  it('are those for everybody until a workshop is near, and again after it', () => {
    const wanted = (at: number) =>
      wantedNow([workshop], { now: at, always: 2, givenSince: nobody });
    expect(wanted(opensAt(workshop) - 1)).toBe(2);
    expect(wanted(opensAt(workshop))).toBe(30);
    expect(wanted(workshop.at + workshop.forMs - 1)).toBe(30);
    expect(wanted(workshop.at + workshop.forMs)).toBe(2);
    // In time: thirty labs are made well within the minute and a half.
    expect(workshop.at - opensAt(workshop)).toBe(90_000);
  });

  it('become fewer with each learner who has one, never fewer than for everybody', () => {
    const since: number[] = [];
    const wanted = (given: number) =>
      wantedNow([workshop], {
        now: workshop.at,
        always: 2,
        givenSince: (moment) => {
          since.push(moment);
          return given;
        },
      });
    expect([wanted(0), wanted(10), wanted(29), wanted(40)]).toEqual([30, 20, 2, 2]);
    expect(new Set(since)).toEqual(new Set([opensAt(workshop)]));
  });

  it('are for all workshops that are at the same time', () => {
    const second = { ...workshop, id: 2, labs: 5, at: workshop.at + hour };
    const wanted = wantedNow([workshop, second], {
      now: second.at,
      always: 0,
      givenSince: (moment) => (moment === opensAt(workshop) ? 12 : 0),
    });
    expect(wanted).toBe(23);
  });
});

describe('the command', () => {
  const read = (...args: string[]) => readWish(args, { most: 100, now });

  it('adds, lists and cancels', () => {
    expect(read('--labs', '30', '--at', '2026-11-25T09:00Z', '--for', '90m')).toEqual({
      type: 'add',
      labs: 30,
      at: new Date('2026-11-25T09:00Z').getTime(),
      forMs: 90 * 60_000,
    });
    expect(read('--labs', '1', '--at', '2026-11-25T09:00')).toMatchObject({ forMs: 3 * hour });
    expect(read('--list')).toEqual({ type: 'list' });
    expect(read('--cancel', '3')).toEqual({ type: 'cancel', id: 3 });
  });

  it.each([
    [['--labs', 'many', '--at', '2026-11-25T09:00'], /--labs is a number/],
    [['--labs', '30'], /--at is missing/],
    [['--labs', '30', '--at', 'tomorrow'], /--at is a time such as/],
    [['--labs', '30', '--at', '2026-13-25T09:00'], /--at is no time/],
    [['--labs', '30', '--at', '2026-11-25T09:00', '--for', 'long'], /--for is a time such as/],
    [['--labs', '30', '--at', '2025-11-25T09:00'], /over/],
    [['--labs', '101', '--at', '2026-11-25T09:00'], /more than there may be at once, 100/],
    [['--warm'], /--warm/],
    [['--cancel', 'x'], /--cancel is a number/],
  ])('refuses %j in words', (args, words) => {
    expect(() => read(...args)).toThrow(words);
  });

  it('shows what is to come and not what is over', () => {
    expect(inWords([workshop], now)).toMatch(/^1 {2}30 labs warm from 2026-11-24 /);
    expect(inWords([workshop], now + 5 * hour)).toBe('No workshop is planned.\n');
  });
});

describe('[L20] room for what is planned', () => {
  const GiB = 1024 ** 3;
  const room: Room = {
    labs: 100,
    labsPerAddress: 40,
    diskBytes: GiB,
    diskReserveBytes: GiB,
    freeDiskBytes: 31 * GiB,
    freeMemoryBytes: GiB,
  };
  const tight = (less: Partial<Room>, workshops = [workshop]) =>
    whatIsTight(workshops, { ...room, ...less }, now);

  it('[L20] nothing is said of a plan that just fits, of none, and of one that is over', () => {
    expect(tight({ labs: 30, labsPerAddress: 30, freeMemoryBytes: 90 * 1024 ** 2 })).toEqual([]);
    expect(tight({ labs: 1 }, [])).toEqual([]);
    expect(tight({ labs: 1 }, [{ ...workshop, at: now - 4 * hour }])).toEqual([]);
  });

  it('[L20] each thing that is too little is told, with what to do', () => {
    expect(tight({ freeDiskBytes: 31 * GiB - 1 })).toEqual([
      expect.stringMatching(
        /room for 29 of 30 labs: .* Free 1 MiB, or lower COULISSE_LAB_DISK_MIB/,
      ),
    ]);
    expect(tight({ freeDiskBytes: 0 })).toEqual([
      expect.stringMatching(/room for 0 of 30 .* Free 30720 MiB/),
    ]);
    expect(tight({ freeMemoryBytes: 90 * 1024 ** 2 - 1 })).toEqual([
      expect.stringMatching(/^Memory has room for 29 of 30 labs: .* larger machine/),
    ]);
    expect(tight({ labsPerAddress: 29 })).toEqual([
      expect.stringMatching(/29 of 30 learners .* COULISSE_LABS_PER_ADDRESS=30/),
    ]);
    expect(tight({ labs: 29 })).toEqual([expect.stringMatching(/^30 labs .* COULISSE_LABS=30/)]);
  });

  it('[L20] workshops at the same time count together, others each by itself', () => {
    const second = { ...workshop, id: 2, labs: 25, at: workshop.at + hour };
    expect(tight({ labs: 54, freeDiskBytes: 56 * GiB }, [workshop, second])).toEqual([
      expect.stringMatching(/^55 labs are planned for the same time, and there may be 54/),
    ]);
    expect(tight({ labs: 55, freeDiskBytes: 56 * GiB }, [second, workshop])).toEqual([]);
    const later = { ...second, at: workshop.at + 5 * hour };
    expect(tight({ labs: 30 }, [workshop, later])).toEqual([]);
  });
});

describe('the file', () => {
  let directory: string;
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'plan-'))));
  afterEach(() => rmSync(directory, { recursive: true }));

  it('keeps what is written, by time, and is empty before', () => {
    const path = planPath(directory);
    expect(readPlan(path)).toEqual([]);
    const earlier = { ...workshop, id: 2, at: now };
    writePlan(path, [workshop, earlier]);
    expect(readPlan(path)).toEqual([earlier, workshop]);
  });

  it.each(['', '{', '{"version":2,"workshops":[]}', '{"version":1,"workshops":[{"id":1}]}'])(
    'that says %j is refused by name',
    (text) => {
      const path = planPath(directory);
      writeFileSync(path, text);
      expect(() => readPlan(path)).toThrow(path);
    },
  );

  it('in a directory that is not there is refused with a remedy', () => {
    const write = () => writePlan(planPath(join(directory, 'none')), []);
    expect(write).toThrow(/Run the command as root/);
  });
});
