// The picture of processes: where things stand, what belongs together, and that many stay calm.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layOut, ROW } from '../../../app/ui/xray/picture-layout.ts';
import { listRows } from '../../../app/ui/xray/process-tree.ts';
import type { ObservedProcess } from '../../../server/protocol/snapshot.ts';
import { viewOf } from '../../../server/link/xray-view.ts';
import {
  labNamespaces,
  makeChroot,
  makeInside,
  makeProcess,
  makeSnapshot,
  makeZombie,
} from '../checks/lab-builder.ts';

const viewWith = (...processes: ObservedProcess[]) => viewOf(makeSnapshot({ processes }));

const anyProcesses = fc
  .uniqueArray(
    fc.record({
      pid: fc.integer({ min: 30, max: 90 }),
      parent: fc.integer({ min: 0, max: 90 }),
      kind: fc.constantFrom('lab', 'inside', 'chroot', 'zombie'),
    }),
    { selector: ({ pid }) => pid, maxLength: 40 },
  )
  .map((list) =>
    list.map(({ pid, parent, kind }) => {
      if (kind === 'inside') return makeInside(pid, pid - 29, { parent });
      if (kind === 'chroot') return makeChroot(pid, { parent });
      const process = makeProcess(pid, { parent, name: `p${pid % 3}` });
      return kind === 'zombie' ? makeZombie(process) : process;
    }),
  );

describe('the picture of processes', () => {
  test('a process of a PID namespace stands on both sides, joined by a line', () => {
    const picture = layOut(viewWith(makeProcess(40, { name: 'unshare' }), makeInside(41, 1)));
    expect(picture.rows.map(({ key }) => key)).toEqual(['1:1001', '40:1040', '41:1041', '28:1028']);
    expect(picture.regions).toMatchObject([{ kinds: ['pid'], root: '/home/student/rootfs' }]);
    expect(picture.lines).toMatchObject([
      { key: '41:1041', region: 'pid:4026532300', from: 2 * ROW + ROW / 2 },
    ]);
  });

  test('a chroot is a container without namespaces of its own', () => {
    const picture = layOut(viewWith(makeChroot(40)));
    expect(picture.regions).toMatchObject([{ kinds: [], root: '/home/student/rootfs' }]);
  });

  test('another mount namespace alone makes a container, and containers in one namespace are one', () => {
    const mnt = { namespaces: { ...labNamespaces, mnt: '9' } };
    const picture = layOut(viewWith(makeProcess(40, mnt), makeProcess(41, mnt), makeProcess(42)));
    expect(picture.regions.map(({ kinds, rows }) => [kinds, rows.length])).toEqual([[['mnt'], 2]]);
  });

  test('whatever there is, no two rows and no two containers overlap, and each process is drawn once', () => {
    fc.assert(
      fc.property(anyProcesses, (processes) => {
        const view = viewWith(...processes);
        const { rows, regions, height, lines } = layOut(view);
        expect(rows.map(({ y }) => y)).toEqual(rows.map((_, index) => index * ROW));
        expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
        const drawn = rows.flatMap((row) => ('process' in row ? 1 : row.more));
        const drawnCount = drawn.reduce((sum, count) => sum + count, 0);
        // Parents that go in a circle are in no kernel's table, and in no tree.
        expect(drawnCount).toBeLessThanOrEqual(Object.keys(view.processes).length);
        for (const [index, region] of regions.entries()) {
          const before = regions[index - 1];
          expect(region.y).toBeGreaterThanOrEqual(
            before === undefined ? 0 : before.y + before.height,
          );
          expect(region.y + region.height).toBeLessThanOrEqual(height);
        }
        expect(lines).toHaveLength(regions.flatMap((region) => region.rows).length);
      }),
    );
  });

  test('of a fork bomb six are drawn, and the rest is one row with a count', () => {
    const bomb = Array.from({ length: 60 }, (_, index) =>
      makeProcess(100 + index, { name: 'bomb', parent: index === 0 ? 28 : 99 + index }),
    );
    const rows = listRows(viewWith(...bomb));
    expect(rows).toHaveLength(2 + 6 + 1);
    expect(rows.at(-1)).toMatchObject({ more: 54, name: 'bomb' });
  });

  test('what comes later leaves what is there in its order', () => {
    const before = listRows(viewWith(makeProcess(40, { parent: 28 }), makeProcess(50)));
    const after = listRows(
      viewWith(makeProcess(40, { parent: 28 }), makeProcess(50), makeProcess(60, { parent: 28 })),
    );
    const kept = after.map(({ key }) => key).filter((key) => key !== '60:1060');
    expect(kept).toEqual(before.map(({ key }) => key));
  });
});
