// What the page says of namespaces that no process is asked about: what keeps them, when they come and go, and
// how they are numbered.
import { describe, expect, test } from 'vitest';
import { compareViews } from '../../../app/lab-client/xray-changes.ts';
import { sumUp } from '../../../app/lab-client/sum-up.ts';
import { nextMoment, numberNamespaces, type Moment } from '../../../app/lab-client/xray-store.ts';
import { xrayEn } from '../../../app/ui/texts/xray-en.ts';
import { xrayFr } from '../../../app/ui/texts/xray-fr.ts';
import { keptNamespaces, sayWhatKeeps } from '../../../app/ui/xray/kept-namespaces.ts';
import { sayChanges } from '../../../app/ui/xray/say-changes.ts';
import { viewOf } from '../../../server/link/xray-view.ts';
import type { ObservedNamespace } from '../../../server/protocol/snapshot-namespaces.ts';
import { diffViews } from '../../../server/protocol/xray.ts';
import {
  containerPidNamespace,
  labNamespaces,
  makeInside,
  makeProcess,
  makeSnapshot,
  type LabState,
} from '../checks/lab-builder.ts';

function makeNamespace(over: Partial<ObservedNamespace> = {}): ObservedNamespace {
  return {
    kind: 'net',
    id: '700',
    owner: labNamespaces.user,
    parent: null,
    keepers: [{ by: 'mount', namespace: labNamespaces.mnt, target: '/run/netns/x' }],
    ...over,
  };
}

const inNet = (pid: number, net: string) =>
  makeProcess(pid, { namespaces: { ...labNamespaces, net } });

function say(
  namespace: ObservedNamespace,
  processes = [makeProcess(40)],
  texts = xrayEn,
): string[] {
  const view = viewOf(makeSnapshot({ namespaces: [namespace], processes }));
  return sayWhatKeeps(namespace, view, texts);
}

describe('namespaces without a process', () => {
  test('a mount and a descriptor keep one, in both languages, and a name of a learner stays text', () => {
    const kept = makeNamespace({
      keepers: [
        { by: 'mount', namespace: '1', target: '/run/netns/\u202ex' },
        { by: 'descriptor', pid: 40, descriptor: 5 },
      ],
    });
    expect(say(kept)).toEqual(['a mount at /run/netns/\u{fffd}x', 'descriptor 5 of process 40']);
    expect(say(kept, [], xrayFr)).toEqual([
      'un montage sur /run/netns/\u{fffd}x',
      'le descripteur 5 du processus 40',
    ]);
  });

  test('one with processes is kept by them too, and is not among those without', () => {
    const processes = [40, 41, 42, 43].map((pid) => inNet(pid, '700'));
    expect(say(makeNamespace(), processes)).toEqual([
      '4 processes: sh (40), sh (41), sh (42), …',
      'a mount at /run/netns/x',
    ]);
    const both = makeSnapshot({
      namespaces: [makeNamespace(), makeNamespace({ id: '701' })],
      processes,
    });
    expect(keptNamespaces(viewOf(both)).map(({ id }) => id)).toEqual(['701']);
  });

  test('without any of these, those below keep it, or the process whose next child it waits for', () => {
    const above = makeNamespace({ kind: 'user', id: '800', keepers: [] });
    const below = makeNamespace({ owner: '800' });
    const view = viewOf(makeSnapshot({ namespaces: [above, below] }));
    expect(sayWhatKeeps(above, view, xrayEn)).toEqual(['those that are below it']);
    expect(sayWhatKeeps(above, viewOf(makeSnapshot({ namespaces: [above] })), xrayEn)).toEqual([]);
    const next = makeNamespace({ kind: 'pid', id: '900', keepers: [] });
    expect(say(next, [makeProcess(40, { childPidNamespace: '900' })])).toEqual([
      'sh (40), for its next child',
    ]);
  });

  test('it is news when it comes and when it goes, but not when its last process leaves it', () => {
    const sayNews = (before: object, after: object): string[] => {
      const [from, to] = [viewOf(makeSnapshot(before)), viewOf(makeSnapshot(after))];
      const instances = numberNamespaces(numberNamespaces(undefined, from), to);
      return sayChanges(compareViews(from, to), { texts: xrayEn, instances });
    };
    const kept = { namespaces: [makeNamespace()] };
    expect(sayNews({}, kept)).toEqual(['new namespace net·1 (network)']);
    expect(sayNews(kept, {})).toEqual(['namespace net·1 is gone']);
    expect(sayNews({ ...kept, processes: [inNet(40, '700')] }, kept)).toEqual([
      'sh (PID 40) has ended',
    ]);
  });
});

/** As a page is told them, one after the other. */
function tell(states: readonly LabState[]): { moments: Moment[]; said: string[] } {
  const moments: Moment[] = [];
  for (const state of states) {
    const last = moments.at(-1);
    const message = diffViews(last?.view, viewOf(makeSnapshot(state)));
    if (message !== undefined) {
      moments.push(nextMoment(last, message, { toldAt: moments.length, command: 0 }));
    }
  }
  const { instances } = moments.at(-1) ?? { instances: undefined };
  if (instances === undefined) throw new Error('nothing was told');
  const changes = sumUp(moments.flatMap((moment) => moment.changes));
  return { moments, said: sayChanges(changes, { texts: xrayEn, instances }) };
}

describe('a number that the kernel gives to the next namespace', () => {
  const container = (pid: number, mnt = labNamespaces.mnt): LabState => ({
    processes: [
      makeInside(pid, 1, { namespaces: { ...labNamespaces, pid: containerPidNamespace, mnt } }),
    ],
  });
  const both = [
    'new namespace pid·2 (process numbers)',
    'namespace pid·1 is gone',
    'sh is born, PID 50, and 1 inside',
    'sh (PID 41) has ended',
  ];

  test('is another instance at once, with a number of its own, and both are said', () => {
    const { moments, said } = tell([container(41), container(50)]);
    expect(said).toEqual(both);
    const number = moments.map(({ instances }) => instances.pid[containerPidNamespace]);
    expect(number).toEqual([1, 2]);
  });

  test('is another instance after a while, though both looks are of one command', () => {
    expect(tell([container(41), {}, container(50)]).said.toSorted()).toEqual(both.toSorted());
  });

  test('is said to have come when another of it had been there before', () => {
    const { moments, said } = tell([{}, container(41), {}, container(50)]);
    expect(said).toEqual([
      'new namespace pid·2 (process numbers)',
      'sh is born, PID 50, and 1 inside',
    ]);
    expect(moments.at(-1)?.instances.pid[containerPidNamespace]).toBe(2);
  });

  test('is the same namespace while one of its processes or what keeps it is there', () => {
    const [one, two] = [inNet(40, '700'), inNet(60, '700')];
    const stays = tell([{ processes: [one] }, { processes: [one, two] }, { processes: [two] }]);
    expect(stays.said).toEqual(['sh is born, PID 60', 'sh (PID 40) has ended']);
    const kept = { namespaces: [makeNamespace()] };
    const visited = tell([
      { ...kept, processes: [one] },
      { ...kept, processes: [two] },
    ]);
    expect(visited.said.filter((sentence) => sentence.includes('namespace'))).toEqual([]);
    const joined = tell([{ processes: [one] }, { processes: [] }, { processes: [one] }]);
    expect(joined.moments.at(-1)?.instances.net['700']).toBe(1);
  });

  test('is another one when other mounts keep it, or only others are in it', () => {
    const blue = { by: 'mount', namespace: labNamespaces.mnt, target: '/run/netns/y' } as const;
    expect(
      tell([
        { namespaces: [makeNamespace()] },
        { namespaces: [makeNamespace({ keepers: [blue] })] },
      ]).said,
    ).toEqual(['new namespace net·2 (network)', 'namespace net·1 is gone']);
    expect(
      tell([{ processes: [inNet(40, '700')] }, { processes: [inNet(60, '700')] }]).said,
    ).toEqual(expect.arrayContaining(['new namespace net·2 (network)', 'namespace net·1 is gone']));
  });
});
