// What newly hides files and hits limits, in words; and what has a mark on the strip of time.
import { describe, expect, test } from 'vitest';
import { sumUp } from '../../../app/lab-client/sum-up.ts';
import { compareViews, type Change } from '../../../app/lab-client/xray-changes.ts';
import { numberNamespaces, type Moment } from '../../../app/lab-client/xray-store.ts';
import { isEarning } from '../../../app/lab-client/reduce-message.ts';
import { initialLabState } from '../../../app/lab-client/lab-state.ts';
import { xrayEn } from '../../../app/ui/texts/xray-en.ts';
import { xrayFr } from '../../../app/ui/texts/xray-fr.ts';
import { sayChanges } from '../../../app/ui/xray/say-changes.ts';
import { marksOf } from '../../../app/ui/xray/time-marks.ts';
import { viewOf } from '../../../server/link/xray-view.ts';
import type { ObservedOverlay, ObservedUpper } from '../../../server/protocol/snapshot-layers.ts';
import type { ObservedGroup } from '../../../server/protocol/snapshot.ts';
import type { XrayView } from '../../../server/protocol/xray.ts';
import {
  labNamespaces,
  makeInside,
  makeProcess,
  makeSnapshot,
  makeUser,
  rootfsProcMount,
  type LabState,
} from '../checks/lab-builder.ts';
import { makeLink, makeNetwork } from '../checks/network-builder.ts';

const seen = (state: LabState): XrayView =>
  viewOf(makeSnapshot(state), state.networks ?? undefined);

function say(changes: readonly Change[], view: XrayView, texts = xrayEn): string[] {
  return sayChanges(changes, { texts, instances: numberNamespaces(undefined, view) });
}

const place = { namespace: labNamespaces.mnt, id: 500 };
const mounted = { ...rootfsProcMount, id: 500, type: 'overlay', target: '/srv/box' };

function withUpper(holds: Partial<ObservedUpper>, mounts: ObservedOverlay['mounts'] = [place]) {
  const overlay: ObservedOverlay = {
    device: '0:60',
    mounts,
    lowers: ['/low'],
    upper: '/up',
    work: '/work',
    holds: { whiteouts: [], opaques: [], files: [], isCut: false, ...holds },
  };
  return { overlays: [overlay], mounts: [mounted] } satisfies LabState;
}

describe('what an upper layer newly hides', () => {
  test('is said with its path, in both languages, and lights the layers that it is in', () => {
    const before = seen(withUpper({ whiteouts: ['etc/old'] }));
    const after = seen(withUpper({ whiteouts: ['etc/motd', 'etc/old'], opaques: ['keep'] }));
    const changes = compareViews(before, after);
    expect(say(changes, after)).toEqual([
      '/srv/box/etc/motd is deleted: a whiteout in the upper layer hides it (the lab’s)',
      '/srv/box/keep/ hides all of the directory of that name below: it is opaque (the lab’s)',
    ]);
    expect(say(changes, after, xrayFr)).toEqual([
      '/srv/box/etc/motd est effacé\u{202f}: un whiteout de la couche haute le cache (celui du labo)',
      '/srv/box/keep/ cache tout le répertoire de ce nom en dessous\u{202f}: il est opaque (celui du labo)',
    ]);
  });

  test('is named as in the container that has it as its root', () => {
    const inside = { namespace: '77', id: 9 };
    const root = { ...mounted, id: 9, target: '/' };
    const state = (whiteouts: string[]): LabState => ({
      ...withUpper({ whiteouts }, [place, inside]),
      otherMounts: { 77: [root] },
      processes: [makeInside(41, 1, { namespaces: { ...labNamespaces, mnt: '77' } })],
    });
    const after = seen(state(['etc/motd']));
    expect(say(compareViews(seen(state([])), after), after)).toEqual([
      '/etc/motd is deleted: a whiteout in the upper layer hides it (mnt·1)',
    ]);
  });

  test('of many is one sentence; of a new overlay, or one not seen whole before, none', () => {
    const many = Array.from({ length: 12 }, (_, index) => `doc/${index}`);
    const after = seen(withUpper({ whiteouts: many }));
    expect(say(compareViews(seen(withUpper({})), after), after)).toEqual([
      '12 files are deleted in /srv/box: whiteouts in the upper layer hide them',
    ]);
    expect(compareViews(seen({ mounts: [mounted] }), after)).toEqual([]);
    expect(compareViews(seen(withUpper({ isCut: true })), after)).toEqual([]);
  });
});

function makeGroup(path: string, counts: { kills?: number; refused?: number; throttled?: number }) {
  const { kills = 0, refused = 0, throttled = 0 } = counts;
  return {
    path,
    memory: { used: 0, limit: null, kills },
    processes: { used: 0, limit: null, refused },
    processor: { usedMicroseconds: 0, cores: null, throttled },
  } satisfies ObservedGroup;
}

describe('a limit that is hit', () => {
  const at = (...groups: ObservedGroup[]): XrayView => seen({ groups });

  test('is said with its group and how often, in both languages, whatever happened beside it', () => {
    const [none, first, second] = [
      at(makeGroup('/', {}), makeGroup('/cage', { kills: 1 })),
      at(makeGroup('/', { refused: 4 }), makeGroup('/cage', { kills: 2, throttled: 3 })),
      at(makeGroup('/', { refused: 9 }), makeGroup('/cage', { kills: 2, throttled: 90 })),
    ];
    const changes = sumUp([...compareViews(none, first), ...compareViews(first, second)]);
    expect(say(changes, second)).toEqual([
      'the lab may have no more processes: 9 forks refused',
      '/cage is out of memory: 1 process killed',
      '/cage has used up its processor time, and waits',
    ]);
    expect(say(changes, second, xrayFr)).toEqual([
      'le labo n’a droit à aucun processus de plus\u{202f}: 9 forks refusés',
      '/cage n’a plus de mémoire\u{202f}: 1 processus tué',
      '/cage a épuisé son temps de processeur, et attend',
    ]);
  });

  test('counts from nothing in a group that was made again, and not at all without controllers', () => {
    const [old, made] = [
      at(makeGroup('/cage', { kills: 7 })),
      at(makeGroup('/cage', { kills: 2 })),
    ];
    expect(compareViews(old, made)).toMatchObject([{ limit: 'memory', count: 2 }]);
    const bare = { path: '/cage', memory: null, processes: null, processor: null };
    expect(compareViews(old, at(bare))).toEqual([]);
  });
});

describe('the strip of time has a mark', () => {
  function momentsOf(...states: LabState[]): Moment[] {
    const views = states.map(seen);
    return views.map((view, index) => ({
      view,
      instances: numberNamespaces(undefined, view),
      changes: index === 0 ? [] : compareViews(views[index - 1] ?? view, view),
      whole: index === 0,
      toldAt: index * 1_000,
      command: 0,
    }));
  }
  const net = (links: number[]): LabState => ({
    networks: { [labNamespaces.net]: makeNetwork(links.map((index) => makeLink(index))) },
  });

  test.each<[string, LabState, LabState, string[]]>([
    ['a namespace that is born, with its process', {}, { processes: [makeInside(41, 1)] }, ['pid']],
    [
      'a process that joins one',
      { processes: [makeInside(41, 1)] },
      { processes: [makeInside(41, 1), makeInside(50, 2)] },
      ['pid'],
    ],
    ['a mount', {}, { mounts: [rootfsProcMount] }, ['mnt']],
    [
      'another root',
      { processes: [makeProcess(40)] },
      { processes: [makeProcess(40, { root: { path: '/srv', device: '7:3', inode: '99' } })] },
      ['mnt'],
    ],
    ['a link', net([1]), net([1, 2]), ['net']],
    ['a whiteout', withUpper({}), withUpper({ whiteouts: ['a'] }), ['mnt']],
    [
      'a limit that is hit',
      { groups: [makeGroup('/cage', {})] },
      { groups: [makeGroup('/cage', { kills: 1 })] },
      ['limit'],
    ],
    [
      'an address',
      net([1, 2]),
      {
        networks: {
          [labNamespaces.net]: makeNetwork([
            makeLink(1),
            makeLink(2, { addresses: [{ address: '10.0.0.1', prefix: 24 }] }),
          ]),
        },
      },
      ['net'],
    ],
    ['a cgroup', {}, { groups: [makeGroup('/cage', {})] }, ['cgroup']],
    [
      'a mount that is read-only now',
      { mounts: [rootfsProcMount] },
      { mounts: [{ ...rootfsProcMount, options: ['ro', 'relatime'] }] },
      ['mnt'],
    ],
    [
      'a process that is somebody else now',
      { processes: [makeProcess(40)] },
      { processes: [makeProcess(40, { user: makeUser(1000) })] },
      ['user'],
    ],
    ['none for a process of the lab', {}, { processes: [makeProcess(40)] }, []],
  ])('of %s', (_what, before, after, kinds) => {
    expect(marksOf(momentsOf(before, after), [])).toEqual(
      kinds.map((kind) => ({ index: 1, kind })),
    );
  });

  test('of a check, at the moment that was told after it, and none for what was earned before', () => {
    const moments = momentsOf({}, {}, {});
    expect(marksOf(moments, [-5, 999, 1_000, 2_500])).toEqual([
      { index: 1, kind: 'earned' },
      { index: 2, kind: 'earned' },
    ]);
    expect(marksOf([], [3])).toEqual([]);
  });

  test('only when a check of the step that is read becomes true', () => {
    const step = { course: 'c', version: 1, chapter: 'one', step: 'make' };
    const checks = (earned: boolean) => [{ check: 'made', earned, follows: false, holds: earned }];
    const message = { type: 'checks' as const, step, checks: checks(true), hints: [], reasons: [] };
    const judged = (earned: boolean, of = step) => ({
      ...initialLabState,
      judged: { step: of, checks: { made: checks(earned)[0]! }, hints: [], reasons: [] },
    });
    expect(isEarning(judged(false), message)).toBe(true);
    expect(isEarning(judged(true), message)).toBe(false);
    expect(isEarning(judged(false, { ...step, step: 'other' }), message)).toBe(false);
    expect(isEarning(initialLabState, message)).toBe(false);
  });
});
