// The checks of the real course against labs made by hand: each holds for what the kernel would show after
// the deed, and for nothing that merely looks like it. The deeds themselves are typed in test/content.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { requireCourses } from '../../../content/load.ts';
import { checkExpression } from '../../../server/link/checks/environment.ts';
import { LabHistory } from '../../../server/link/checks/history.ts';
import { compileCourses } from '../../../server/link/checks/judge.ts';
import type { ObservedProcess, Snapshot } from '../../../server/protocol/snapshot.ts';
import {
  containerMountNamespace,
  containerPidNamespace,
  labNamespaces,
  labRoot,
  makeChroot,
  makeExit,
  makeFile,
  makeInside,
  makeProcess,
  makeSnapshot,
  rootfsProcMount,
} from './lab-builder.ts';

const courses = requireCourses(join(import.meta.dirname, '../../../content/courses'), {
  checkExpression,
});
const book = compileCourses(courses);

/** Whether each check of a step holds at the last of these snapshots. */
function judge(place: string, ...snapshots: Snapshot[]): Record<string, boolean> {
  const [chapter = '', step = ''] = place.split('/');
  const compiled = book.findStep({ course: 'inside-docker', version: 1, chapter, step });
  if (compiled === undefined) throw new Error(`there is no step ${place}`);
  const history = new LabHistory();
  for (const snapshot of snapshots) history.observe(snapshot);
  const judged = compiled.judge(snapshots.at(-1) ?? makeSnapshot(), history);
  return Object.fromEntries(judged.map(({ check, holds }) => [check, holds]));
}

const container = makeInside(57, 1);
const containerWithProc = makeInside(57, 1, { procNamespace: containerPidNamespace });
const neighbour = makeProcess(61, { name: 'sleep', executable: '/usr/bin/sleep' });
const started = makeSnapshot({ processes: [container] });

/** All that echo, exec -a and a familiar name can bring about. */
const lookalikes = makeSnapshot({
  processes: [
    makeProcess(70, { command: ['/bin/sh'], name: 'sh' }),
    makeProcess(71, {
      command: ['unshare', '-pf', 'chroot', 'rootfs', '/bin/sh'],
      name: 'unshare',
    }),
    makeProcess(72, { command: ['sleep', '1000'], name: 'sleep', executable: '/usr/bin/bash' }),
    makeProcess(73, { command: ['PID 1 in your container'], name: 'busybox' }),
  ],
});

test('nothing that only looks right earns a check of any step', () => {
  for (const chapter of courses.flatMap((course) => course.chapters)) {
    for (const { id, checks } of chapter.steps) {
      const place = `${chapter.id}/${id}`;
      const judged = Object.entries(judge(place, makeSnapshot(), lookalikes));
      expect(judged.map(([check]) => check)).toEqual(checks.map((check) => check.id));
      expect(judged.filter(([, holds]) => holds)).toEqual([]);
    }
  }
});

describe('chroot', () => {
  test('unpacked wants a whole system that belongs to root', () => {
    const files = (user: number, last: 'directory' | 'absent', disk = '7:3') => ({
      '/home/student': makeFile({ kind: 'directory', device: disk, user: 1000 }),
      '/home/student/rootfs/usr/bin/dash': makeFile({ user, size: 125_640 }),
      '/home/student/rootfs/usr/lib/os-release': makeFile({ user }),
      '/home/student/rootfs/var/tmp': makeFile({ kind: last, user }),
    });
    const place = 'chroot/a-system-in-a-folder';
    expect(judge(place, makeSnapshot({ files: files(0, 'directory') }))).toEqual({
      unpacked: true,
    });
    // As where the lab's own root, or a part of it, is bound over it.
    expect(judge(place, makeSnapshot({ files: files(0, 'directory', '7:4') }))).toEqual({
      unpacked: false,
    });
    expect(judge(place, makeSnapshot({ files: files(1000, 'directory') }))).toEqual({
      unpacked: false,
    });
    expect(judge(place, makeSnapshot({ files: files(0, 'absent') }))).toEqual({ unpacked: false });
  });

  test('inside-rootfs wants that very folder, by device and inode', () => {
    const inside = (root: { path: string; device: string; inode: string }) =>
      judge('chroot/enter-the-root', makeSnapshot({ processes: [makeChroot(36, { root })] }));
    const path = '/home/student/rootfs';
    expect(inside({ path, device: '7:3', inode: '4711' })).toEqual({ 'inside-rootfs': true });
    expect(inside({ path, device: '7:3', inode: '4712' })).toEqual({ 'inside-rootfs': false });
    expect(inside({ path, device: '7:4', inode: '4711' })).toEqual({ 'inside-rootfs': false });
  });

  test('the lab’s own root is nobody’s new root, wherever it is bound', () => {
    const { device, inode } = labRoot;
    const files = { '/home/student/rootfs': makeFile({ kind: 'directory', device, inode }) };
    const inside = makeInside(57, 1, { root: labRoot });
    const bound = makeSnapshot({ processes: [inside], files, mounts: [rootfsProcMount] });
    expect(judge('chroot/enter-the-root', bound)).toEqual({ 'inside-rootfs': false });
    expect(judge('chroot/what-chroot-lets-through', bound)['proc-shows-the-lab']).toBe(false);
    expect(judge('pid-namespace/a-new-namespace', bound)).toEqual({ 'container-started': false });
    const killed = makeSnapshot({ files, exits: [makeExit(inside, { signal: 9 })] });
    expect(judge('pid-namespace/the-lab-decides', bound, killed)).toEqual({
      'killed-from-outside': false,
    });
  });

  test('left-rootfs wants somebody to have been in this very folder, and nobody to be in it now', () => {
    const place = 'chroot/the-smallest-root';
    const shell = makeChroot(36);
    const within = makeSnapshot({ processes: [shell], mounts: [rootfsProcMount] });
    const left = (...snapshots: Snapshot[]) => judge(place, ...snapshots)['left-rootfs'];
    expect(left(makeSnapshot())).toBe(false);
    expect(left(within)).toBe(false);
    expect(left(within, makeSnapshot({ mounts: [rootfsProcMount] }))).toBe(false);
    expect(left(within, makeSnapshot())).toBe(true);
    const folder = makeFile({ kind: 'directory', device: '7:3', inode: '5000' });
    const renamed = makeSnapshot({ files: { '/home/student/rootfs': folder } });
    expect(left(within, renamed)).toBe(false);
  });

  test('killed-from-the-chroot wants the end of a sleep outside, by signal 15', () => {
    const place = 'chroot/what-chroot-lets-through';
    const shell = makeChroot(36, { procNamespace: labNamespaces.pid });
    const before = makeSnapshot({ processes: [shell, neighbour], mounts: [rootfsProcMount] });
    const after = (how: { code: number } | { signal: number }, processes = [shell]) =>
      judge(place, before, makeSnapshot({ processes, exits: [makeExit(neighbour, how)] }));
    expect(judge(place, before)).toEqual({
      'proc-shows-the-lab': true,
      'killed-from-the-chroot': false,
    });
    expect(after({ signal: 15 })['killed-from-the-chroot']).toBe(true);
    expect(after({ code: 0 })['killed-from-the-chroot']).toBe(false);
    expect(after({ signal: 15 }, [])['killed-from-the-chroot']).toBe(false);
  });
});

describe('pid-namespace', () => {
  test('container-started wants PID 1 of a namespace below, with rootfs for its root', () => {
    const place = 'pid-namespace/a-new-namespace';
    expect(judge(place, started)).toEqual({ 'container-started': true });
    const others = [
      makeChroot(36),
      makeInside(57, 2),
      makeInside(57, 1, { root: makeProcess(1).root }),
    ];
    for (const other of others) {
      expect(judge(place, makeSnapshot({ processes: [other] }))).toEqual({
        'container-started': false,
      });
    }
  });

  test('own-proc is not earned by the proc of the lab', () => {
    const place = 'pid-namespace/a-proc-of-its-own';
    const withProc = (procNamespace: string | null) =>
      judge(place, makeSnapshot({ processes: [{ ...container, procNamespace }] }))['own-proc'];
    expect(withProc(containerPidNamespace)).toBe(true);
    expect(withProc(labNamespaces.pid)).toBe(false);
    expect(withProc(null)).toBe(false);
  });

  test('neighbour-alive wants a sleep in the namespace of the lab', () => {
    const place = 'pid-namespace/out-of-reach';
    const inside = makeInside(62, 5, { executable: '/usr/bin/sleep' });
    expect(
      judge(place, makeSnapshot({ processes: [container, neighbour] }))['neighbour-alive'],
    ).toBe(true);
    expect(judge(place, makeSnapshot({ processes: [container, inside] }))['neighbour-alive']).toBe(
      false,
    );
  });

  test('killed-from-outside wants signal 9: exit and TERM do not count', () => {
    const place = 'pid-namespace/the-lab-decides';
    const ended = (how: Parameters<typeof makeExit>[1]) =>
      judge(place, started, makeSnapshot({ exits: [makeExit(container, how)] }));
    expect(ended({ signal: 9 })).toEqual({ 'killed-from-outside': true });
    for (const [sender, holds] of [
      ['process', true],
      ['kernel', false],
      ['itself', false],
      ['missed', false],
    ] as const) {
      expect(ended({ signal: 9, sender })).toEqual({ 'killed-from-outside': holds });
    }
    expect(ended({ signal: 15 })).toEqual({ 'killed-from-outside': false });
    expect(ended({ code: 0 })).toEqual({ 'killed-from-outside': false });
    expect(judge(place, started, makeSnapshot())).toEqual({ 'killed-from-outside': false });
  });

  test('proc-unmounted falls once the mount is gone that a container of this folder left', () => {
    const place = 'pid-namespace/what-stays-mounted';
    const unmounted = (...snapshots: Snapshot[]) => judge(place, ...snapshots)['proc-unmounted'];
    const ran = makeSnapshot({ processes: [containerWithProc], mounts: [rootfsProcMount] });
    expect(unmounted(ran, makeSnapshot({ mounts: [rootfsProcMount] }))).toBe(false);
    expect(unmounted(ran, makeSnapshot())).toBe(true);
    expect(unmounted(makeSnapshot())).toBe(false);
    expect(unmounted(started, makeSnapshot())).toBe(false);
    const namespaces = { ...containerWithProc.namespaces!, mnt: containerMountNamespace };
    const clean = makeSnapshot({ processes: [{ ...containerWithProc, namespaces }] });
    expect(unmounted(clean, makeSnapshot())).toBe(false);
    const folder = makeFile({ kind: 'directory', device: '7:3', inode: '5000' });
    const renamed = makeSnapshot({ files: { '/home/student/rootfs': folder } });
    expect(unmounted(ran, renamed)).toBe(false);
  });

  test('own-proc-and-mounts wants a mount namespace, and none of it in the lab', () => {
    const place = 'pid-namespace/the-clean-way';
    const namespaces = { ...containerWithProc.namespaces!, mnt: containerMountNamespace };
    const clean = { ...containerWithProc, namespaces };
    expect(judge(place, makeSnapshot({ processes: [clean] }))).toEqual({
      'own-proc-and-mounts': true,
    });
    const wrong = [
      makeSnapshot({ processes: [containerWithProc] }),
      makeSnapshot({ processes: [clean], mounts: [rootfsProcMount] }),
      makeSnapshot({ processes: [{ ...clean, procNamespace: null }] }),
    ];
    for (const snapshot of wrong) {
      expect(judge(place, snapshot)).toEqual({ 'own-proc-and-mounts': false });
    }
  });

  test('all-gone wants PID 1 and two others of its namespace to have ended, those by signal 9', () => {
    const place = 'pid-namespace/when-pid-one-dies';
    const others = [2, 3].map((inside) =>
      makeInside(60 + inside, inside, { executable: '/usr/bin/sleep' }),
    );
    const before = makeSnapshot({ processes: [container, ...others] });
    const exits = [
      makeExit(container, { code: 0 }),
      ...others.map((one) => makeExit(one, { signal: 9 })),
    ];
    expect(judge(place, before)).toEqual({ company: true, 'all-gone': false });
    expect(judge(place, before, makeSnapshot({ exits }))).toEqual({
      company: false,
      'all-gone': true,
    });
    for (const [sender, holds] of [
      ['kernel', true],
      ['process', false],
      ['itself', false],
      ['missed', false],
    ] as const) {
      const told = others.map((one) => makeExit(one, { signal: 9, sender }));
      const end = makeSnapshot({ exits: [makeExit(container, { code: 0 }), ...told] });
      expect(judge(place, before, end)['all-gone']).toBe(holds);
    }
    const single = [57, 67, 77].map((pid) => makeInside(pid, 1));
    const oneByOne = single.map((one) => makeSnapshot({ processes: [one] }));
    const killed = { exits: single.map((one) => makeExit(one, { signal: 9 })) };
    expect(judge(place, ...oneByOne, makeSnapshot(killed))['all-gone']).toBe(false);
    const polite = others.map((one) => makeExit(one, { signal: 15 }));
    const after = makeSnapshot({ processes: [container], exits: polite });
    expect(judge(place, before, after)['all-gone']).toBe(false);
  });

  test('company wants two that live at the same time, besides PID 1', () => {
    const place = 'pid-namespace/when-pid-one-dies';
    const sleep = { executable: '/usr/bin/sleep' };
    const [two, three] = [2, 3].map((inside) => makeInside(60 + inside, inside, sleep));
    const first = makeInside(57, 1, sleep);
    const company = (processes: ObservedProcess[], passed: ObservedProcess[] = []) =>
      judge(place, makeSnapshot({ processes, passed }))['company'];
    expect(company([first, two!, three!])).toBe(true);
    expect(company([first, two!])).toBe(false);
    expect(company([container, two!], [three!])).toBe(false);
    expect(company([container], [two!, three!])).toBe(false);
  });
});
