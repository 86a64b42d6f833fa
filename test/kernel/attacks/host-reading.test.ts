// Tries to make keeper follow, read or swallow what a learner planted, and to leave what cannot be deleted.
// docs/ATTACKS.md, A63, A64 and A66. Knows no check.
import { statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { LINE_BYTES } from '../../../server/foundation/json-lines.ts';
import { lookBeneath, withRoot } from '../../../server/kernel/files-beneath.ts';
import { observe } from '../keeper-door.ts';
import { until } from '../kernel-view.ts';
import { otherNumbers, perl } from './perl.ts';
import { openScene, testAttacks } from './scene.ts';

const scene = openScene();

testAttacks(scene, [
  {
    clause: 'A63',
    title: 'no process has so many groups that reading its status holds keeper up',
    lacks: otherNumbers,
    script: perl(
      'for my $n (64, 65, 65536) { print "$n: ", syscall(116, $n, pack("L*", map { $_ % 1000 } 1 .. $n)) == -1 ? "$!" : "done", "\\n" }',
    ),
    shows: {
      root: /^64: done\n65: Operation not permitted\n65536: Operation not permitted$/,
      student: /^(\d+: Operation not permitted\n?){3}$/,
    },
  },
  {
    clause: 'A66',
    title: 'no file can be made immutable',
    script: perl(
      `open(my $file, ">", "/tmp/immutable-$<") or die $!; my $flags = pack("L", 0x30);
       print defined ioctl($file, 0x40086602, $flags) ? "immutable" : "$!"`,
    ),
    shows: /^Operation not permitted$/,
  },
]);

test.skipIf(process.arch !== 'x64')(
  '[A63] a lab full of long arguments and long mounts costs one look no more than a line',
  async () => {
    const lab = await scene.house.enter();
    const script = `cd /mnt; for i in $(seq 14); do d=$(printf 'x%.0s' $(seq 250)); mkdir $d; cd $d; done
    for n in 1 2 3; do (unshare -m ${perl('for (1 .. 300) { my ($from, $to, $type) = ("none", ".", "tmpfs"); syscall(165, $from, $to, $type, 0, 0) } sleep 300')} </dev/null >/dev/null 2>&1 &); done
    (${perl('exec "perl", "-e", "for (1 .. 120) { fork or do { sleep 300; exit } } sleep 300", ("\\x01" x 250) x 30, ("x" x 100000) x 14')} </dev/null >/dev/null 2>&1 &)
    until [ $(pgrep -c perl) -gt 123 ]; do sleep 0.05; done`;
    await lab.sudo(script);
    const snapshot = await until('mounts and processes are there', async () => {
      const seen = await observe(scene.house.stateDir, lab.name).catch(() => undefined);
      return seen?.truncated && Object.keys(seen.mounts).length > 3 && seen;
    });
    expect(JSON.stringify(snapshot).length).toBeLessThan(LINE_BYTES);
    expect(snapshot.processes.length).toBeGreaterThan(20);
    // Who is beside it is seen whole.
    expect((await observe(scene.house.stateDir, scene.neighbour.name)).truncated).toBe(false);
    await scene.hearNeighbour();
  },
);

test('[A64] a directory that is exchanged for a link all the time never leads elsewhere', async () => {
  let isOver = false;
  // Asked for before the race: a path of the host would follow the link as the host's own.
  const { output: own } = await scene.lab.run(
    'mkdir -p ~/race/real/deep ~/race/other; cd ~/race; echo mine > real/passwd; ln -s /etc link; stat -c %i real/passwd',
  );
  const swaps = scene.lab
    .run(
      `cd ~/race
       ${perl(`my ($real, $link, $deep, $away) = ("real", "link", "real/deep", "other/deep"); my $until = time + 3;
         while (time < $until) { syscall(316, -100, $real, -100, $link, 2); syscall(316, -100, $real, -100, $link, 2); rename($deep, $away); rename($away, $deep) } print "raced"`)}`,
    )
    .finally(() => {
      isOver = true;
    });
  const inLab = statSync(`/proc/${scene.lab.init}/root/etc/passwd`).ino;
  const inodes = { beside: new Set<bigint | undefined>(), above: new Set<bigint | undefined>() };
  const look = () =>
    withRoot(`/proc/${scene.lab.init}/root`, (root) => {
      for (let time = 0; time < 200; time += 1) {
        inodes.beside.add(lookBeneath(root, '/home/student/race/real/passwd')?.ino);
        const dots = '/home/student/race/real/deep/../../../../../../../../etc/passwd';
        inodes.above.add(lookBeneath(root, dots)?.ino);
      }
    });
  await until('it is over', () => {
    look();
    return isOver;
  });
  expect((await swaps).output).toBe('raced');
  // Its own file or nothing, never what the link means; and above the root is the root.
  expect(inodes.beside).toEqual(new Set([BigInt(own), undefined]));
  expect(inodes.above).toEqual(new Set([BigInt(inLab), undefined]));
});
