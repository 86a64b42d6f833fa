// A learner whose program is over in 50 ms has done what the step asks for all the same.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { requireCourses } from '../../content/load.ts';
import { openHouse } from '../support/house.ts';
import type { TestHouse } from '../support/house.ts';
import type { LabClient } from '../support/lab-client.ts';
import { SolutionPlayer } from '../support/solution-player.ts';
import type { Place } from '../support/solution-player.ts';

let house: TestHouse;
let client: LabClient;
let player: SolutionPlayer;
beforeAll(async () => {
  house = await openHouse();
  client = await house.connect(await house.arrive());
  player = new SolutionPlayer(client);
});
afterAll(async () => {
  await client?.close();
  await house?.stop();
});

function find(chapter: string, id: string): Place {
  for (const course of requireCourses('content/courses')) {
    const found = course.chapters.find((each) => each.id === chapter);
    const step = found?.steps.find((each) => each.id === id);
    if (found !== undefined && step !== undefined) return { course, chapter: found, step };
  }
  throw new Error(`no step ${chapter}/${id}`);
}

test.each([
  ['chroot', 'enter-the-root', 'inside-rootfs', 'sudo chroot rootfs /bin/sleep 0.05'],
  [
    'pid-namespace',
    'a-new-namespace',
    'container-started',
    'sudo unshare -pf chroot rootfs /bin/sleep 0.05',
  ],
])('%s/%s: %s falls by a program of 50 ms', async (chapter, id, check, line) => {
  const place = find(chapter, id);
  const terminal = await player.terminal(1);
  player.type(terminal, 'mkdir -p rootfs; sudo tar -xpf /var/lib/lab/debian-rootfs.tar -C rootfs');
  await player.pressEnter();
  await player.arrive(place);
  const before = await player.look(place);
  expect(before.find((state) => state.check === check)?.earned).toBe(false);
  player.type(terminal, line);
  await player.pressEnter();
  await client.waitForCheck(check);
  const after = await player.look(place);
  expect(after.find((state) => state.check === check)).toMatchObject({
    earned: true,
    holds: false,
  });
});
