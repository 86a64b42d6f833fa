// A snapshot that is told by its changes is the one that they were taken of, and costs what has changed.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  applyChanges,
  snapshotChangesSchema,
  takeChanges,
} from '../../../server/protocol/snapshot-changes.ts';
import type { Snapshot } from '../../../server/protocol/snapshot.ts';
import { makeProcess, makeSnapshot, rootfsProcMount } from '../checks/lab-builder.ts';

/** What keeper remembers is the same object in the next snapshot. */
const remembered = Array.from({ length: 12 }, (_, index) => makeProcess(50 + index));
const mounts = Array.from({ length: 4 }, (_, index) => [{ ...rootfsProcMount, id: 500 + index }]);

const snapshots = fc
  .record({
    old: fc.shuffledSubarray(remembered),
    young: fc.uniqueArray(fc.integer({ min: 80, max: 90 })),
    mounts: fc.dictionary(fc.constantFrom('701', '702', '703'), fc.constantFrom(...mounts)),
  })
  .map(({ old, young, mounts: views }): Snapshot => {
    const processes = [...young.map((pid) => makeProcess(pid)), ...old];
    return Object.assign(makeSnapshot({ processes }), { processes, mounts: views });
  });

/** As it goes over the socket. */
const send = (changes: unknown) => snapshotChangesSchema.parse(JSON.parse(JSON.stringify(changes)));

describe('[L11] changes of a snapshot', () => {
  test('lead from any to any other, whatever the order of its processes', () => {
    fc.assert(
      fc.property(fc.array(snapshots, { minLength: 2, maxLength: 5 }), (told) => {
        const [first, ...others] = told;
        if (first === undefined) return;
        let keepers = first;
        let known = structuredClone(first);
        for (const snapshot of others) {
          known = applyChanges(known, send(takeChanges(keepers, snapshot)));
          keepers = snapshot;
          expect(known).toEqual(snapshot);
        }
      }),
    );
  });

  test('hold nothing of what is the same', () => {
    const before = makeSnapshot({ processes: remembered });
    const young = makeProcess(90);
    const after = { ...before, processes: [...before.processes.slice(1), young] };
    const changes = takeChanges(before, after);
    expect(changes.processes.changed).toEqual([young]);
    expect(changes.mounts).toEqual({});
    expect(changes.sameMounts).toEqual(Object.keys(before.mounts));
  });

  test('that speak of what is not known are refused', () => {
    const before = makeSnapshot({ processes: remembered });
    const changes = takeChanges(before, before);
    const fewer = { ...before, processes: before.processes.slice(1) };
    expect(() => applyChanges(fewer, changes)).toThrow('not known');
    expect(() => applyChanges({ ...before, mounts: {} }, changes)).toThrow('not known');
    const short = { ...changes, processes: { places: [-1], changed: [] } };
    expect(() => applyChanges(before, short)).toThrow('not known');
    const below = { ...changes, processes: { places: [-2], changed: [] } };
    expect(snapshotChangesSchema.safeParse(below).success).toBe(false);
  });
});
