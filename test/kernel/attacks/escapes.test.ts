// Tries to get out of the lab's file system: its root, its mounts, its devices, its files on the lab host.
// docs/ATTACKS.md, A9 to A17. Knows no limit.
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { constants, closeSync, openSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findTree } from '../../../server/keeper/ground.ts';
import { exactEnvironment } from '../../../server/foundation/environment.ts';
import { mountsOf, statusOf } from '../kernel-view.ts';
import { digestOfTree, mountsNamed } from './host-state.ts';
import { asSomeRoot, eachSays, makeCalls, otherNumbers, perl } from './perl.ts';
import { testAttacks, openScene, type Attack, type Scene } from './scene.ts';

const scene = openScene();

/** A file of the lab host with words that nobody can guess. */
const words = randomUUID();
const canary = ({ house }: Scene) => {
  const path = join(house.stateDir, 'canary');
  writeFileSync(path, words);
  return path;
};
const tree = () => digestOfTree(findTree(scene.house.stateDir));
const planted = () =>
  mountsNamed('planted', ['self', scene.neighbour.init, scene.house.house.pidOf('keeper')]);

/** Mounts that need a block device, or show what the kernel has of the whole machine. */
const diskTypes = ['ext4', 'xfs', 'btrfs', 'vfat', 'iso9660', 'squashfs'];
const machineTypes = [
  'devtmpfs debugfs tracefs securityfs bpf configfs pstore efivarfs hugetlbfs fusectl nfs cifs',
].flatMap((line) => line.split(' '));
const mountAs = (by: 'root' | 'student', types: readonly string[]) =>
  `mkdir -p /tmp/at-$UID; cd /tmp; ${asSomeRoot(by, '-m')} ${perl(
    `my @types = qw(${types.join(' ')}); for my $type (@types) { my ($from, $to) = @ARGV;
      print "$type: ", syscall(165, $from, $to, $type, 0, 0) == -1 ? "$!" : "MOUNTED", "\\n" }`,
  )}`;

const attacks: readonly Attack[] = [
  {
    clause: 'A9',
    title: 'leaving a chroot by a kept directory ends at the root of the lab',
    script: (_, by) =>
      `mkdir -p /tmp/jail; cd /tmp; stat -c '%d %i' /; ${asSomeRoot(by, '-m')} ${perl(
        `opendir(my $up, "/"); chroot("jail") or die "chroot: $!"; chdir($up) or die "chdir: $!";
         chdir("..") for 1 .. 64; chroot(".");
         print join(" ", (stat("/"))[0, 1]), " ", -e "/home/student" ? "lab" : "elsewhere"`,
      )}`,
    shows: /^(\d+ \d+)\n\1 lab$/,
  },
  {
    clause: 'A10',
    title: 'root and working directory of every process it sees are in the lab',
    script: (current) =>
      `stat -c '%d:%i' /; for link in /proc/[0-9]*/root; do stat -L -c '%d:%i' $link; done 2>/dev/null | sort -u
       cat /proc/[0-9]*/{root,cwd}${canary(current)} /proc/[0-9]*/cwd/../../../../..${canary(current)} 2>&1 | grep -c -e '${words}'`,
    shows: /^(\d+:\d+)\n\1\n0$/,
  },
  {
    clause: 'A11',
    title: 'no file is opened by a handle, neither of the lab nor of the lab host',
    lacks: otherNumbers,
    // Inode 2 is the root of an ext4 of the lab host: the handle that needs no finding out.
    script: makeCalls([
      ['own', 304, -100, 'pack("IiLL", 8, 1, 2, 0)', 0],
      ['by mount', 304, 'fileno(STDIN)', 'pack("IiLL", 8, 1, 2, 0)', 2],
    ]),
    shows: eachSays(['own', 'by mount'], 'Operation not permitted'),
  },
  {
    clause: 'A12',
    title: 'no device node can be made, of memory, disks, loop devices or even null',
    script: (_, by) =>
      `mkdir -p /tmp/nodes-$UID; cd /tmp/nodes-$UID; ${asSomeRoot(by, '-m')} bash -c 'for node in "m c 1 1" "k c 1 11" "n c 1 3" "b b 7 0" "d b 254 0" "l c 10 237"; do
         mknod $node 2>&1; done'; ls | wc -l`,
    shows: /^(mknod: .*Operation not permitted\n){6}0$/,
  },
  {
    clause: 'A13',
    title: 'no disk of the lab host can be mounted',
    lacks: otherNumbers,
    script: (_, by) =>
      `${mountAs(by, diskTypes)} ${mountsOf('self')[0]?.source ?? '/dev/vda'} at-$UID; find /dev -type b | wc -l`,
    shows: new RegExp(
      `^${diskTypes.map((type) => `${type}: (?!MOUNTED).+`).join(String.raw`\n`)}\n0$`,
    ),
  },
  {
    clause: 'A14',
    title: 'no file system that shows the whole machine can be mounted',
    lacks: otherNumbers,
    script: (_, by) => `${mountAs(by, machineTypes)} none at-$UID`,
    shows: eachSays(machineTypes, '(?!MOUNTED).+'),
  },
  {
    clause: 'A15',
    title: 'the shared tree stays as it was, whatever is unmounted, remounted, written and removed',
    script: (_, by) =>
      `${asSomeRoot(by, '-m')} bash -c 'mount -o remount,rw / ; mount -o remount,bind,rw,suid,dev / ; umount -l / ; umount /home
         rm -f /etc/motd /usr/share/doc/bash; echo hacked > /etc/debian_version; touch /etc/planted /lower
         chmod u+s /bin/cat; chown 1000 /bin/cat; ln /bin/cat /usr/bin/more-cat' 2>/dev/null; echo tried`,
    shows: /^tried$/,
    untouched: tree,
  },
  {
    clause: 'A16',
    title: 'no mount travels out of the lab, shared or not',
    script: (_, by) =>
      `${asSomeRoot(by, '-m --propagation unchanged')} bash -c 'mount --make-rshared / ; mkdir -p /tmp/planted
         mount -t tmpfs planted /tmp/planted && mount --make-shared /tmp/planted && mount --bind /tmp/planted /mnt; grep -c planted /proc/self/mounts'`,
    shows: /^[12]$/,
    untouched: planted,
  },
];

testAttacks(scene, attacks);

test('[A15] a lab that has tried stays its own matter: the neighbour sees the tree as it was', async () => {
  const { output } = await scene.neighbour.sudo('cat /etc/debian_version; ls /etc/planted 2>&1');
  expect(output).toMatch(/^\d+\S*\n.*No such file/);
});

test.each(['root', 'student'] as const)(
  '[A17] a set-user-id file of %s with capabilities gives a user of the lab host nothing',
  async (by) => {
    const home = by === 'root' ? '/root' : '/home/student';
    const capable = by === 'root' ? 'setcap cap_sys_admin,cap_setuid+ep raised;' : '';
    await scene.run(by, `cd ${home}; cp /bin/busybox raised; ${capable} chmod 6755 raised`);
    const path = `/proc/${scene.lab.init}/root${home}/raised`;
    const base = Number(statusOf(scene.lab.init, 'Uid').split(' ')[0]);
    const stats = statSync(path);
    expect(stats.mode & 0o7777).toBe(0o6755);
    expect(stats.uid).toBe(base + (by === 'root' ? 0 : 1000));
    const file = openSync(path, constants.O_RDONLY);
    try {
      // An open file is run whatever directories are in the way.
      const { stdout, stderr } = spawnSync(
        '/proc/self/fd/3',
        ['grep', '-E', '^(Uid|Gid|CapEff)', '/proc/self/status'],
        {
          argv0: 'busybox',
          uid: 65_534,
          gid: 65_534,
          env: exactEnvironment({}),
          stdio: ['ignore', 'pipe', 'pipe', file],
        },
      );
      const nobody = Array(4).fill('65534').join('\t');
      expect(`${String(stdout)}${String(stderr)}`).toBe(
        `Uid:\t${nobody}\nGid:\t${nobody}\nCapEff:\t0000000000000000\n`,
      );
    } finally {
      closeSync(file);
    }
  },
);

test('[A17] the image with such files is readable by root of the lab host alone', () => {
  const images = join(scene.house.stateDir, 'keeper/images');
  expect(statSync(images).mode & 0o077).toBe(0);
});
