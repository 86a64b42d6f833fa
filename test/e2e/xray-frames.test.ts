// What a page is sent of a real lab in which a learner works: the whole once, then differences, most of them small.
import { expect, test } from 'vitest';
import { textsOf } from '../../app/ui/texts/texts-of.ts';
import { Stage } from '../support/e2e-stage.ts';
import { watchXrayFrames } from '../support/xray-frames.ts';

const stage = new Stage();

const SMALL_BYTES = 4096;
const lines = [
  'ls -l / | sort > /tmp/list',
  'sudo unshare -pfmn --mount-proc --kill-child sleep 4328 & sleep 1',
  'sudo ip link add v0 type veth peer name v1; sudo ip link set v0 up',
  'sudo ip addr add 10.79.0.1/24 dev v0; ping -c 3 -i 0.3 10.79.0.1',
  'sudo mount -t tmpfs none /mnt; sudo mount -o remount,bind,ro /mnt',
  'for n in 1 2 3 4 5 6; do sleep 4329 & done; sleep 1',
  'kill $(jobs -p); sudo umount /mnt; sleep 1',
];

test('a page is sent the whole of its lab once, and then differences that are small', async () => {
  const visitor = await stage.visit('/en/inside-docker/pid-namespace/a-new-namespace');
  const { page } = visitor;
  const frames = watchXrayFrames(page);
  await visitor.byTestId('start').click();
  await visitor.untilPrompt();
  await page.getByRole('tab', { name: textsOf('en').xray.tabs.network }).click();
  await visitor.byTestId('xray-network').first().waitFor();
  const begun = frames.length;
  expect(frames.filter(({ whole }) => whole)).toHaveLength(2);
  for (const line of lines) await visitor.type(1, line);
  const worked = frames.slice(begun);
  expect(worked.length).toBeGreaterThan(10);
  expect(worked.filter(({ whole }) => whole)).toEqual([]);
  const sizes = worked.map(({ bytes }) => bytes).toSorted((a, b) => a - b);
  expect(sizes[Math.floor(sizes.length / 2)]).toBeLessThan(SMALL_BYTES);
});
