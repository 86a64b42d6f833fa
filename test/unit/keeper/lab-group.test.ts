// That a lab's groups are told alike on v1 and v2: by directories that look like those of the kernel, since no machine
// has both kinds to itself. What the kernel says is tested in test/kernel/group-facts.test.ts.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LabGroup } from '../../../server/keeper/cgroups/lab-group.ts';

let mountPoint: string;
beforeEach(() => {
  mountPoint = mkdtempSync(join(tmpdir(), 'coulisse-groups-'));
});
afterEach(() => rmSync(mountPoint, { recursive: true }));

/** `files` by the path of their group below the lab's own. */
function groupOf(version: 1 | 2, files: Record<string, Record<string, string>>): LabGroup {
  const limited = join(mountPoint, 'coulisse', 'slot-3');
  for (const [path, texts] of Object.entries(files)) {
    const group = join(limited, 'lab', path);
    mkdirSync(group, { recursive: true });
    for (const [name, text] of Object.entries(texts)) writeFileSync(join(group, name), text);
  }
  return new LabGroup([{ version, mountPoint, controllers: ['pids'] }], 3);
}

const pathsOf = (group: LabGroup) => group.read().groups.map(({ path }) => path);

describe('whose root has touched nothing', () => {
  test('processes are in / and there is no other group, of either version', () => {
    const one = groupOf(1, { '': { 'cgroup.procs': '7\n8\n' } });
    expect([...one.ownProcesses()]).toEqual([
      [7, '/'],
      [8, '/'],
    ]);
    expect(pathsOf(one)).toEqual(['/']);
    rmSync(join(mountPoint, 'coulisse'), { recursive: true });
    const two = groupOf(2, {
      '': { 'cgroup.procs': '' },
      session: { 'cgroup.procs': '7\n8\n', 'pids.current': '2', 'pids.max': 'max' },
    });
    expect([...two.ownProcesses()]).toEqual([
      [7, '/'],
      [8, '/'],
    ]);
    expect(pathsOf(two)).toEqual(['/']);
  });
});

describe('whose root has made groups', () => {
  test('those below the leaf are told, and so is the leaf once it is limited', () => {
    const files = {
      '': { 'cgroup.procs': '9\n' },
      cage: { 'cgroup.procs': '10\n', 'pids.current': '1', 'pids.max': '5' },
      session: { 'cgroup.procs': '7\n', 'pids.current': '1', 'pids.max': 'max' },
      'session/box': { 'cgroup.procs': '8\n' },
    };
    const group = groupOf(2, files);
    expect(Object.fromEntries(group.ownProcesses())).toEqual({
      7: '/',
      8: '/session/box',
      9: '/',
      10: '/cage',
    });
    expect(pathsOf(group)).toEqual(['/', '/cage', '/session/box']);
    const limits = { session: { 'pids.max': '40' } };
    expect(groupOf(2, limits).read().groups).toMatchObject([
      { path: '/' },
      { path: '/cage' },
      { path: '/session', processes: { used: 1, limit: 40 } },
      { path: '/session/box' },
    ]);
  });

  test('on v1 a group of that name is one like any other', () => {
    const group = groupOf(1, { session: { 'cgroup.procs': '7\n' } });
    expect([...group.ownProcesses()]).toEqual([[7, '/session']]);
    expect(pathsOf(group)).toEqual(['/', '/session']);
  });

  test('a bare leaf takes no room from the groups that are told', () => {
    const files: Record<string, Record<string, string>> = { session: {} };
    for (let number = 1; number <= 70; number += 1) files[`many${number}`] = {};
    const group = groupOf(2, files);
    const { groups, more } = group.read();
    expect([groups.length, more]).toEqual([64, 7]);
  });
});
