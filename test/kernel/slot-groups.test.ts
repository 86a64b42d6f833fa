// [L2] Houses of one machine share the groups in which slots are taken: each has its own slots, whatever another
// makes and removes beside it. Starts no house.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  rmdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readConfig } from '../../server/foundation/config.ts';
import type { Hierarchy } from '../../server/keeper/cgroups/hierarchies.ts';
import { LabGroup } from '../../server/keeper/cgroups/lab-group.ts';
import { removeTopGroups, topOf } from '../../server/keeper/cgroups/top-group.ts';
import { hierarchies } from './kernel-view.ts';

const ROUNDS = 2000;
const { limits } = readConfig();

/** Groups of this test, each in the place of a hierarchy's root: no lab of the machine is below them. */
let places: Hierarchy[];
let other: ChildProcess | undefined;

beforeEach(() => {
  places = [];
  for (const hierarchy of hierarchies) {
    const mountPoint = join(hierarchy.mountPoint, `slot-groups-${process.pid}`);
    mkdirSync(mountPoint);
    places.push({ ...hierarchy, mountPoint });
  }
});

afterEach(async () => {
  if (other?.kill('SIGKILL')) await once(other, 'exit');
  other = undefined;
  // Deepest first; what is in use stays, and the removal of the place fails.
  for (const { mountPoint } of places) {
    spawnSync('find', [mountPoint, '-mindepth', '1', '-type', 'd', '-delete']);
    rmdirSync(mountPoint);
  }
});

const groupsOf = (slot: number) => places.map((place) => join(topOf(place), `slot-${slot}`));

test('[L2] slots are taken and groups made while another house removes the group above all', async () => {
  const loop =
    '$| = 1; print "begun"; while (1) { rmdir for @ARGV; select undef, undef, undef, 1e-4 }';
  other = spawn('/usr/bin/perl', ['-e', loop, ...places.map(topOf)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (other.stdout !== null) await once(other.stdout, 'data');
  for (let round = 0; round < ROUNDS; round += 1) {
    const group = new LabGroup(places, 1);
    expect(group.reserve()).toBe(true);
    expect(new LabGroup(places, 1).reserve()).toBe(false);
    if (round % 20 === 0) group.create(limits, 0);
    group.remove();
    removeTopGroups(places);
  }
  expect(groupsOf(1).filter((path) => existsSync(path))).toEqual([]);
});

test('[L2] a slot is free when nothing of its lab is left in any hierarchy', async () => {
  for (const [index, { controllers, version }] of places.entries()) {
    const group = new LabGroup(places, 2);
    expect(group.reserve()).toBe(true);
    group.create(limits, 0);
    const sleeper = spawn('sleep', ['60'], { stdio: 'ignore' });
    other = sleeper;
    const owned = join(groupsOf(2)[index] ?? '', 'lab', ...(version === 2 ? ['session'] : []));
    writeFileSync(join(owned, 'cgroup.procs'), String(sleeper.pid));
    expect(() => group.remove(), `with a process in that of ${controllers.join()}`).toThrow(
      'EBUSY',
    );
    expect(new LabGroup(places, 2).reserve()).toBe(false);
    sleeper.kill();
    await once(sleeper, 'exit');
    group.remove();
    expect(groupsOf(2).filter((path) => existsSync(path))).toEqual([]);
  }
});

test('[L2] a slot is taken though the house that has it gives it back in the same moment', () => {
  const mountPoint = mkdtempSync(join(tmpdir(), 'slot-groups-'));
  try {
    // Making it fails since it is there, and a look finds nothing.
    mkdirSync(topOf({ mountPoint }));
    symlinkSync('nowhere', join(topOf({ mountPoint }), 'slot-3'));
    const hierarchy: Hierarchy = { mountPoint, version: 1, controllers: ['pids'] };
    expect(new LabGroup([hierarchy], 3).reserve()).toBe(false);
  } finally {
    rmSync(mountPoint, { recursive: true });
  }
});
