// What the bars of cgroups show: shares of a limit, or of what the whole lab may.
import { describe, expect, test } from 'vitest';
import { compareViews } from '../../../app/lab-client/xray-changes.ts';
import { numberNamespaces } from '../../../app/lab-client/xray-store.ts';
import type { Moment } from '../../../app/lab-client/xray-store.ts';
import { changeEn } from '../../../app/ui/texts/change-en.ts';
import { processorUse, shareOf } from '../../../app/ui/xray/group-use.ts';
import { viewOf } from '../../../server/link/xray-view.ts';
import type { ObservedGroup } from '../../../server/protocol/snapshot.ts';
import { makeSnapshot } from '../checks/lab-builder.ts';

function makeGroup(path: string, usedMicroseconds: number, cores: number | null): ObservedGroup {
  const processor = { usedMicroseconds, cores, throttled: 0 };
  return { path, memory: null, processes: null, processor };
}

function makeMoment(at: number, ...groups: ObservedGroup[]): Moment {
  const view = { ...viewOf(makeSnapshot({ groups })), at };
  return {
    view,
    instances: numberNamespaces(undefined, view),
    whole: false,
    changes: [],
    toldAt: at,
    command: 0,
  };
}

describe('the bars of cgroups', () => {
  test('a processor in use for half of the time between two looks is half a processor', () => {
    const group = makeGroup('/box', 600_000, null);
    const whole = makeGroup('/', 0, 2);
    const before = makeMoment(1000, makeGroup('/box', 100_000, null));
    const moment = makeMoment(2000, group);
    expect(processorUse(group, whole, { moment, before })).toEqual({
      used: 0.5,
      limit: null,
      share: 0.25,
      felt: 0,
    });
    expect(processorUse(group, whole, { moment, before: undefined })?.used).toBe(0);
  });

  test('what is told after ten idle minutes was done in a second or so, and is no more than what may be', () => {
    const before = makeMoment(1000, makeGroup('/box', 100_000, null));
    const after = (usedMicroseconds: number): number | undefined => {
      const group = makeGroup('/box', usedMicroseconds, null);
      const moment = makeMoment(601_000, group);
      return processorUse(group, makeGroup('/', 0, 2), { moment, before })?.used;
    };
    expect(after(1_600_000)).toBe(1);
    expect(after(300_000_000)).toBe(2);
  });

  test('what a page that was hidden hears of when it is shown again has no rate; of a moment later it has one', () => {
    const before = makeMoment(1000, makeGroup('/box', 100_000, null));
    const after = (milliseconds: number): number | undefined => {
      const group = makeGroup('/box', 600_000, null);
      const moment = { ...makeMoment(1000 + milliseconds, group), whole: true };
      return processorUse(group, makeGroup('/', 0, 2), { moment, before })?.used;
    };
    expect(after(600_000)).toBe(0);
    expect(after(1_000)).toBe(0.5);
  });

  test('a share is of the limit, else of what the lab may, else nothing, and never more than the bar', () => {
    expect(shareOf(5, 10, { most: 100, felt: 0 }).share).toBe(0.5);
    expect(shareOf(5, null, { most: 100, felt: 0 }).share).toBe(0.05);
    expect(shareOf(5, null, { most: null, felt: 0 }).share).toBe(0);
    expect(shareOf(50, 10, { most: 100, felt: 2 })).toMatchObject({ share: 1, felt: 2 });
  });
});

describe('of a cgroup', () => {
  test('one process and one processor are said as one, half a processor is not', () => {
    const { processes, processor } = changeEn.limitsSet;
    expect([processes('/one', 1), processes('/one', 2)]).toEqual([
      '/one may have 1 process',
      '/one may have 2 processes',
    ]);
    expect([processor('/one', 1), processor('/one', 0.5)]).toEqual([
      '/one may use 1 processor',
      '/one may use 0.5 processors',
    ]);
  });

  test('nothing is news that comes to be told, and may have been there all along', () => {
    const cage = (limit: number | null): ObservedGroup => ({
      path: '/cage',
      memory: { used: 0, limit, kills: 3 },
      processes: null,
      processor: null,
    });
    const view = (groups: ObservedGroup[], moreGroups = 0) =>
      viewOf(makeSnapshot({ groups, moreGroups }));
    expect(compareViews(view([], 1), view([cage(4096)]))).toEqual([]);
    expect(compareViews(view([]), view([cage(4096)]))).toHaveLength(3);
    expect(compareViews(view([cage(null)], 1), view([cage(4096)]))).toMatchObject([
      { what: 'limit-set', limit: 'memory', now: 4096 },
    ]);
  });
});
