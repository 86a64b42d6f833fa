// A learner who cheats: everything that fools a script inside the lab is done, and the kernel has done nothing.
// No check of a container, of a chroot or of an end may fall.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { requireCourses } from '../../content/load.ts';
import type { CheckState } from '../../server/protocol/browser-messages.ts';
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

/** What each would fool: the tools, the files, the names, the words. */
const cheats = {
  'a ps, an unshare and a chroot of one’s own': `mkdir -p ~/bin rootfs/proc rootfs/usr/bin; for t in ps unshare chroot; do printf '#!/bin/sh\\necho "PID TTY TIME CMD"; echo "1 pts/0 00:00:00 sh"\\n' > ~/bin/$t; chmod +x ~/bin/$t; done; PATH=~/bin:$PATH unshare -pf chroot rootfs /bin/sh`,
  'aliases and functions': `alias sudo=true; ps() { echo "    1 ?  S 0:00 /bin/sh"; }; sudo unshare -pf chroot rootfs /bin/sh; ps; unalias sudo; unset -f ps`,
  'a library that is preloaded': `LD_PRELOAD=/tmp/no-such-getpid.so sh -c 'echo $$; echo 1'`,
  'a root of empty files': `mkdir -p rootfs/usr/lib rootfs/var/tmp rootfs/bin; : > rootfs/usr/bin/dash; : > rootfs/usr/lib/os-release`,
  'the old /proc under another name': `sudo mkdir -p /home/student/rootfs/proc; sudo mount --bind /proc /home/student/rootfs/proc; sudo mount --bind /proc/self /mnt`,
  'names and arguments of a container': `(exec -a 'unshare -pf chroot rootfs /bin/sh' sleep 9001 </dev/null >/dev/null 2>&1 &) ; (exec -a /bin/sh sleep 9002 </dev/null >/dev/null 2>&1 &)`,
  'a program of that name': `cp /bin/sleep rootfs/bin/sh; (cd rootfs && ./bin/sh 9003 </dev/null >/dev/null 2>&1 &)`,
  'the words that are expected': `printf '# \\nPID 1\\npid:[4026532300]\\n\\033[32m# \\033[0mps -aux\\nroot 1 0.0 /bin/sh\\n'`,
  'signals to oneself': `sh -c 'kill -9 $$'; sh -c 'kill -15 $$'; true`,
} as const;

/** Checks that hold by what is on a disk or is not mounted, which is truly so here or truly not. */
const aboutFiles = new Set(['left-rootfs', 'proc-unmounted']);

const places: Place[] = requireCourses('content/courses').flatMap((course) =>
  course.chapters.flatMap((chapter) => chapter.steps.map((step) => ({ course, chapter, step }))),
);

test.each(Object.entries(cheats))('%s: nothing falls', async (_name, line) => {
  const terminal = await player.terminal(1);
  player.type(terminal, line);
  await player.pressEnter();
  const fallen: string[] = [];
  for (const place of places) {
    await player.arrive(place);
    fallen.push(...holding(await player.look(place)).map((check) => `${place.step.id}/${check}`));
  }
  expect({ fallen, printed: fallen.length === 0 ? '' : player.describe() }).toEqual({
    fallen: [],
    printed: '',
  });
});

function holding(states: readonly CheckState[]): string[] {
  return states
    .filter(({ check, earned, holds }) => !aboutFiles.has(check) && (earned || holds))
    .map(({ check }) => check);
}
