// A learner whose program is over in 50 ms has done what the step asks for all the same.
import { expect, test } from 'vitest';
import { findPlace } from '../support/places.ts';
import { LabStage } from './lab-stage.ts';

const stage = new LabStage();

test.each([
  ['chroot', 'enter-the-root', 'inside-rootfs', 'sudo chroot rootfs /bin/sleep 0.05'],
  [
    'pid-namespace',
    'a-new-namespace',
    'container-started',
    'sudo unshare -pf chroot rootfs /bin/sleep 0.05',
  ],
])('%s/%s: %s falls by a program of 50 ms', async (chapter, id, check, line) => {
  const place = findPlace((one) => one.chapter.id === chapter && one.step.id === id);
  const { client, player } = stage;
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
