// A learner who comes near: the kernel is made to do something, though not what a step is about. Each is done in
// a lab of its own, as root there, while the step that it aims at is read. Only what is truly so may fall.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { requireCourses } from '../../content/load.ts';
import { openHouse } from '../support/house.ts';
import type { TestHouse } from '../support/house.ts';
import { SolutionPlayer } from '../support/solution-player.ts';
import type { Place } from '../support/solution-player.ts';

let house: TestHouse;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house?.stop());

const places: Place[] = requireCourses('content/courses').flatMap((course) =>
  course.chapters.flatMap((chapter) => chapter.steps.map((step) => ({ course, chapter, step }))),
);

const unpack =
  'mkdir -p rootfs; sudo tar -xpf /var/lib/lab/debian-rootfs.tar -C rootfs; echo done:$((40 + 2))';
const UNPACKED = 'a-system-in-a-folder/unpacked';

type Deed = {
  /** Id of the step that is read meanwhile. */
  reading: string;
  /** Each typed once the one before is through and was looked at. */
  lines: string[];
  /** What is truly so, as step/check. */
  earns: string[];
};

const deeds: Record<string, Deed> = {
  'the lab’s own root bound over rootfs': {
    reading: 'enter-the-root',
    lines: [
      'mkdir rootfs; sudo mount --rbind / rootfs; (sudo unshare -pf sleep 9001 &) ; sleep 0.2',
      'sudo kill -9 $(pgrep -fx "sleep 9001")',
    ],
    earns: [],
  },
  'parts of the lab bound into rootfs': {
    reading: 'a-system-in-a-folder',
    lines: [
      'mkdir -p rootfs/usr rootfs/var; sudo mount --rbind /usr rootfs/usr; sudo mount --rbind /var rootfs/var',
    ],
    earns: [],
  },
  'a rootfs that is moved away with all that lives in it': {
    reading: 'what-stays-mounted',
    lines: [
      unpack,
      `(sudo unshare -pf chroot rootfs /bin/sh -c 'mount -t proc proc /proc; sleep 9001; true' &) ; sleep 0.5`,
      'mv rootfs x; mkdir rootfs',
    ],
    earns: [],
  },
  'three containers one after another, each of one process': {
    reading: 'a-new-namespace',
    lines: [
      unpack,
      ...[1, 2, 3].map(
        (count) =>
          `(sudo unshare -pf chroot rootfs /bin/sleep 900${count} &) ; sleep 1; sudo kill -9 $(pgrep -fx "/bin/sleep 900${count}")`,
      ),
    ],
    earns: [UNPACKED, 'a-new-namespace/container-started', 'the-lab-decides/killed-from-outside'],
  },
  'a PID 1 that the kernel ends for the time it took': {
    reading: 'the-lab-decides',
    lines: [
      unpack,
      `sudo unshare -pf chroot rootfs /bin/sh -c 'sleep 0.3; ulimit -t 1; while :; do :; done'`,
    ],
    earns: [UNPACKED],
  },
  'a container in a container, whose outer PID 1 goes': {
    reading: 'the-lab-decides',
    lines: [unpack, `sudo unshare -pf sh -c 'unshare -pf chroot rootfs /bin/sleep 9001 & sleep 2'`],
    earns: [UNPACKED],
  },
  'a container that kills its own before it ends': {
    reading: 'when-pid-one-dies',
    lines: [
      unpack,
      'sudo unshare -pf chroot rootfs /bin/sh',
      'sleep 99 & sleep 98 &',
      'kill -9 %1 %2; exit',
    ],
    earns: [UNPACKED, 'when-pid-one-dies/company'],
  },
  'a PID 1 that is a sleep, and two that never meet': {
    reading: 'when-pid-one-dies',
    lines: [
      unpack,
      `sudo unshare -pf chroot rootfs /bin/sh -c 'sleep 0.06; sleep 0.06; sleep 0.06; exec sleep 1'`,
    ],
    earns: [UNPACKED],
  },
};

test.each(Object.entries(deeds))('%s', async (_name, { reading, lines, earns }) => {
  const client = await house.connect(await house.arrive());
  try {
    const player = new SolutionPlayer(client);
    const terminal = await player.terminal(1);
    const read = places.find(({ step }) => step.id === reading);
    if (read === undefined) throw new Error(`there is no step ${reading}`);
    await player.arrive(read);
    const fallen = new Set<string>();
    for (const line of lines) {
      player.type(terminal, line);
      await player.pressEnter();
      await player.look(read);
    }
    for (const place of places) {
      await player.arrive(place);
      for (const { check, earned, holds } of await player.look(place)) {
        if (earned || holds) fallen.add(`${place.step.id}/${check}`);
      }
    }
    const printed = player.describe();
    expect({ fallen: [...fallen], printed }).toEqual({ fallen: earns, printed });
  } finally {
    await client.close();
  }
});
