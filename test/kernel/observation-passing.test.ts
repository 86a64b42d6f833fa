// [L11] A process that lives for 50 ms is caught while somebody asks for such, with where it was, and its end.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Snapshot } from '../../server/protocol/snapshot.ts';
import { KernelHouse } from './kernel-house.ts';
import { observe } from './keeper-door.ts';
import type { LearnerLab } from './learner-lab.ts';

const TRIES = 5;

let house: KernelHouse;
let lab: LearnerLab;
let neighbour: LearnerLab;

beforeAll(async () => {
  house = await KernelHouse.open();
  [lab, neighbour] = await Promise.all([house.enter(), house.enter()]);
  await lab.run('mkdir box && sudo tar -xpf /var/lib/lab/debian-rootfs.tar -C box');
});

afterAll(() => house.close());

const root = '/home/student/box';
const look = (passing: boolean, of = lab): Promise<Snapshot> =>
  observe(house.stateDir, of.name, { paths: [root], passing });
const sleeps = ({ passed }: Snapshot) =>
  passed.filter(({ executable }) => executable?.endsWith('/sleep') === true);

/** What a look shows just after `command`. link looks at the lab too: when it was first, it was told who passed. */
async function lookAfter(command: string): Promise<Snapshot> {
  for (let tries = 1; ; tries += 1) {
    await look(true);
    await lab.run(command);
    const snapshot = await look(true);
    if (sleeps(snapshot).length > 0 || tries === TRIES) return snapshot;
  }
}

test('[L11] with its numbers, its root, its namespaces and how it ended', async () => {
  await look(true, neighbour);
  const snapshot = await lookAfter('sudo unshare -pf chroot box /bin/sleep 0.05');
  const [caught, ...others] = sleeps(snapshot);
  expect(others).toEqual([]);
  expect(caught?.pids).toEqual([caught?.pid, 1]);
  expect(caught?.root?.inode).toBe(snapshot.files[root]?.inode);
  expect(caught?.namespaces?.pid).not.toBe(snapshot.lab.namespaces.pid);
  expect(caught?.command).toEqual(['/bin/sleep', '0.05']);
  const ends = [...snapshot.exits, ...(await look(true)).exits];
  expect(ends).toContainEqual({
    pid: caught?.pid,
    startTime: caught?.startTime,
    code: 0,
    signal: null,
    sender: null,
  });
  expect(sleeps(await look(true))).toEqual([]);
  expect((await look(true, neighbour)).passed).toEqual([]);
});

test('[L11] who lives at the next look is among the living alone', async () => {
  await look(true);
  await lab.run('sleep 3001 </dev/null >/dev/null 2>&1 &');
  await lab.run('true');
  const snapshot = await look(true);
  expect(snapshot.processes.filter(({ command }) => command[1] === '3001')).toHaveLength(1);
  expect(sleeps(snapshot)).toEqual([]);
  await lab.run('pkill -f "^sleep 3001"');
});

test('[L11] nobody is caught when nobody asks, and a loop of programs is told up to a bound', async () => {
  await look(true);
  await new Promise((resolve) => setTimeout(resolve, 3_500));
  await look(false);
  await lab.run('sleep 0.05');
  expect((await look(false)).passed).toEqual([]);
  const { passed } = await lookAfter('for i in $(seq 300); do /bin/sleep 0.05 & done; wait');
  expect(passed.length).toBeGreaterThan(10);
  expect(passed.length).toBeLessThanOrEqual(128);
});
