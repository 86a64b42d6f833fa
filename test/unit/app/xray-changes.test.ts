// What the x-ray says has changed, in both languages, and that a learner's text stays text.
import { describe, expect, test } from 'vitest';
import { sumUp } from '../../../app/lab-client/sum-up.ts';
import { compareViews, type Change } from '../../../app/lab-client/xray-changes.ts';
import type { Moment } from '../../../app/lab-client/xray-store.ts';
import { numberNamespaces } from '../../../app/lab-client/xray-store.ts';
import { xrayEn } from '../../../app/ui/texts/xray-en.ts';
import { xrayFr } from '../../../app/ui/texts/xray-fr.ts';
import { plain } from '../../../app/ui/xray/plain.ts';
import { lastBatch, lastNews } from '../../../app/ui/xray/use-batch.ts';
import { sayChanges } from '../../../app/ui/xray/say-changes.ts';
import { viewOf } from '../../../server/link/xray-view.ts';
import type { LabState } from '../checks/lab-builder.ts';
import {
  containerPidNamespace,
  labNamespaces,
  makeInside,
  makeProcess,
  makeSnapshot,
  rootfsProcMount,
} from '../checks/lab-builder.ts';

function say(before: LabState, after: LabState, texts = xrayEn): string[] {
  const [from, to] = [viewOf(makeSnapshot(before)), viewOf(makeSnapshot(after))];
  const instances = numberNamespaces(numberNamespaces(undefined, from), to);
  return sayChanges(compareViews(from, to), { texts, instances });
}

describe('what has changed', () => {
  test('a container is a new namespace and a process with two numbers, in both languages', () => {
    const after = { processes: [makeInside(41, 1)] };
    expect(say({}, after)).toEqual([
      'new namespace pid·1 (process numbers)',
      'sh is born, PID 41, and 1 inside',
    ]);
    expect(say({}, after, xrayFr)).toEqual([
      'nouvel espace de noms pid·1 (numéros de processus)',
      'sh naît, PID 41, et 1 à l’intérieur',
    ]);
    expect(say(after, {})).toEqual(['sh (PID 41) has ended', 'namespace pid·1 is gone']);
  });

  test('execve, chroot and unshare of a living process are told apart', () => {
    const before = { processes: [makeProcess(40)] };
    const now = makeProcess(40, {
      name: 'sleep',
      root: { path: '/srv', device: '7:3', inode: '99' },
      namespaces: { ...labNamespaces, uts: '5' },
    });
    expect(say(before, { processes: [now] })).toEqual([
      'new namespace uts·1 (host name)',
      'PID 40 runs sleep, no longer sh',
      'sleep (PID 40) has the root /srv',
      'sleep (PID 40) has moved to uts·1',
    ]);
  });

  test('a mount is told with its namespace, the copies of a new mount namespace are not', () => {
    expect(say({}, { mounts: [rootfsProcMount] })).toEqual([
      'proc mounted at /home/student/rootfs/proc (the lab’s)',
    ]);
    const inside = makeInside(41, 1, {
      namespaces: { ...labNamespaces, pid: containerPidNamespace, mnt: '77' },
    });
    const copied = say({}, { processes: [inside], otherMounts: { 77: [rootfsProcMount] } });
    expect(copied.filter((sentence) => sentence.includes('mounted'))).toEqual([]);
  });

  test('a crowd is one sentence', () => {
    const crowd = Array.from({ length: 40 }, (_, index) => makeProcess(100 + index));
    expect(say({}, { processes: crowd })).toEqual(['40 sh processes are born']);
    expect(say({ processes: crowd }, {})).toEqual(['40 sh processes have ended']);
  });

  test('of a fork bomb what is drawn is said, and how many are not', () => {
    const bomb = (count: number) => ({
      processes: Array.from({ length: count }, (_, index) => makeProcess(100 + index)),
    });
    const [none, half, all] = [0, 100, 300].map((count) => viewOf(makeSnapshot(bomb(count))));
    if (none === undefined || half === undefined || all === undefined) throw new Error('no view');
    const instances = numberNamespaces(undefined, all);
    const told = (changes: Change[], texts = xrayEn) =>
      sayChanges(sumUp(changes), { texts, instances });
    const changes = [...compareViews(none, half), ...compareViews(half, all)];
    expect(told(changes)).toEqual([
      '158 sh processes are born',
      '142 more processes, which are not drawn',
    ]);
    expect(told(changes, xrayFr)[1]).toBe('142 processus de plus, qui ne sont pas dessinés');
    expect(told([...changes, ...compareViews(all, none)])).toEqual([]);
  });

  test('names that would turn or break a line show that they do', () => {
    expect(plain('a\u202eb\nc\u2028d\u0000')).toBe('a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}');
    const named = makeProcess(40, { name: '<b>\u202e' });
    expect(say({}, { processes: [named] })).toEqual(['<b>\u{fffd} is born, PID 40']);
  });

  test('of what came and went again nothing is said, and the weightiest comes first', () => {
    const passing = viewOf(makeSnapshot({ processes: [makeInside(41, 1), makeProcess(50)] }));
    const none = viewOf(makeSnapshot());
    const kept = viewOf(makeSnapshot({ processes: [makeProcess(50)], mounts: [rootfsProcMount] }));
    const all = [...compareViews(none, passing), ...compareViews(passing, kept)];
    expect(all).toHaveLength(6);
    expect(sumUp(all).map(({ what }) => what)).toEqual(['mount-added', 'process-born']);
  });

  test('a namespace keeps its number when others go', () => {
    const both = viewOf(
      makeSnapshot({
        processes: [
          makeInside(41, 1),
          makeInside(50, 1, { namespaces: { ...labNamespaces, pid: '88' } }),
        ],
      }),
    );
    const numbers = numberNamespaces(undefined, both);
    expect(numbers.pid).toEqual({ [labNamespaces.pid]: 0, [containerPidNamespace]: 1, 88: 2 });
    expect(numberNamespaces(numbers, viewOf(makeSnapshot())).pid).toEqual(numbers.pid);
  });
});

describe('the last batch', () => {
  const view = viewOf(makeSnapshot());
  const moment = (toldAt: number, command: number): Moment => ({
    view,
    instances: numberNamespaces(undefined, view),
    whole: false,
    changes: [],
    toldAt,
    command,
  });

  test('begins with a command, however soon it follows another', () => {
    const moments = [moment(0, 1), moment(250, 1), moment(500, 2), moment(1_900, 2)];
    expect(lastBatch(moments)).toEqual(moments.slice(2));
    expect(lastBatch(moments.slice(0, 2))).toEqual(moments.slice(0, 2));
  });

  test('of which nothing is left is passed over, while something was said before it', () => {
    const process = makeProcess(50);
    const kept = { ...moment(0, 1), changes: [{ what: 'process-born' as const, process }] };
    const other = makeProcess(60);
    const passing: Moment[] = [
      { ...moment(9_000, 2), changes: [{ what: 'process-born', process: other }] },
      { ...moment(9_001, 2), changes: [{ what: 'process-gone', process: other }] },
    ];
    expect(lastNews([kept, ...passing])).toEqual([kept]);
    expect(lastNews(passing)).toEqual(passing);
    expect(lastNews([kept, ...passing.slice(0, 1)])).toEqual(passing.slice(0, 1));
    expect(lastNews([])).toEqual([]);
  });

  test('ends with quiet: what comes later by itself stands alone', () => {
    const moments = [moment(0, 1), moment(1_000, 1), moment(60_000, 1)];
    expect(lastBatch(moments)).toEqual(moments.slice(2));
    expect(lastBatch([])).toEqual([]);
  });
});
