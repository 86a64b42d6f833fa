// Drives a lab into its memory limit by every way in which a process can make the kernel hold memory for it,
// and wants the lab to get the error, its neighbour to type on and the limit to hold.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KernelHouse } from './kernel-house.ts';
import { hierarchies, limitedGroup, until } from './kernel-view.ts';
import { asSomeRoot } from './attacks/perl.ts';
import { everybody, type By, type LearnerLab } from './learner-lab.ts';
import { driveIntoLimit } from './neighbour.ts';

const MiB = 1024 * 1024;
const MEMORY_MIB = 64;
const version = hierarchies.find((one) => one.controllers.includes('memory'))?.version ?? 1;

let house: KernelHouse;
let lab: LearnerLab;
let neighbour: LearnerLab;

beforeAll(async () => {
  house = await KernelHouse.open({ COULISSE_LAB_MEMORY_MIB: String(MEMORY_MIB) });
  [lab, neighbour] = await Promise.all([house.enter(), house.enter()]);
});

afterAll(() => house.close());

const memoryFile = (v1: string, v2: string) =>
  readFileSync(join(limitedGroup(lab.init, 'memory').path, version === 1 ? v1 : v2), 'utf8').trim();
const counterOf = (text: string, name: string) =>
  Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
const kills = () => counterOf(memoryFile('lab/memory.oom_control', 'memory.events'), 'oom_kill');

/** The kernel kills the largest process of a group: this much makes the hog the one. */
const ballast = '$ballast = "x" x 2.5e7;';
const perl = (program: string) => `perl -e '${ballast} ${program}'; echo "ended $?"`;
/** In a namespace that ends with the hog, so that what it made there goes when it is killed. */
const apart = (flags: string, prepare: string, program: string) => (by: By) =>
  `${asSomeRoot(by, flags)} sh -c '${prepare} exec perl -e "\\${ballast} ${program}"'; echo "ended $?"`;
const fill = 'open F, q(>), q(/mnt/f); print F q(x) x 1e6 while 1';

type Way = {
  clause: `A${number}`;
  what: string;
  script: string | ((by: By) => string);
  onlyOn?: NodeJS.Architecture;
};

const ways: readonly Way[] = [
  { clause: 'A2', what: 'anonymous memory', script: perl('push @x, "x" x 1048576 while 1') },
  {
    clause: 'A3',
    what: 'a tmpfs',
    script: apart('--mount', 'mount -t tmpfs -o size=1g tmpfs /mnt;', fill),
  },
  {
    clause: 'A3',
    what: 'a ramfs, which knows no size',
    script: apart('--mount', 'mount -t ramfs ramfs /mnt;', fill),
  },
  {
    clause: 'A3',
    what: 'System V shared memory',
    script: apart(
      '--ipc',
      '',
      'for (1 .. 99) { \\$i = shmget(\\$_, 4e6, 512 | 384); shmwrite \\$i, q(x) x 4e6, 0, 4e6 }',
    ),
  },
  {
    clause: 'A4',
    what: 'a page table without pages',
    // mmap(2) of 256 GiB that are only read, at one place for each page of page tables.
    script: perl(
      '$at = syscall 9, 0, 1 << 38, 1, 0x4022, -1, 0; for (0 .. 131071) { unpack "P1", pack "J", $at + ($_ << 21) }',
    ),
    onlyOn: 'x64',
  },
  {
    clause: 'A4',
    what: 'what nobody reads from pipes',
    script: perl(
      'use Fcntl; for (1 .. 2000) { pipe my $r, my $w; push @k, $r, $w; fcntl $w, F_SETFL, O_NONBLOCK; fcntl $w, 1031, 1 << 20; 1 while syswrite $w, "x" x 65536 }',
    ),
  },
  {
    clause: 'A4',
    what: 'what nobody reads from Unix sockets',
    script: perl(
      'use Socket; use Fcntl; for (1 .. 2000) { socketpair my $r, my $w, AF_UNIX, SOCK_STREAM, 0; push @k, $r, $w; fcntl $w, F_SETFL, O_NONBLOCK; 1 while syswrite $w, "x" x 65536 }',
    ),
  },
];

describe('[L4] memory', () => {
  const here = ways.filter(({ onlyOn }) => onlyOn === undefined || onlyOn === process.arch);

  test.for(here.flatMap((way) => everybody.map((by) => ({ ...way, by }))))(
    '[L4] [$clause] $what, by $by, is charged to the lab: the hog is killed, the neighbour types on',
    async ({ script, by }) => {
      const before = kills();
      const { output } = await driveIntoLimit({
        house,
        lab,
        neighbour,
        by,
        script: typeof script === 'string' ? script : script(by),
        isReached: () => kills() > before,
      });
      expect(output).toMatch(/ended 137/);
      expect(Number(memoryFile('memory.max_usage_in_bytes', 'memory.current'))).toBeLessThanOrEqual(
        MEMORY_MIB * MiB,
      );
      await until('the lab answers', async () => (await lab.run('echo alive')).output === 'alive');
    },
  );

  test.for(everybody)(
    '[L4] [A4] datagrams and TCP data that nobody reads, by %s, are counted and bounded',
    async (by) => {
      const held = () =>
        version === 1
          ? Number(memoryFile('memory.kmem.tcp.usage_in_bytes', ''))
          : counterOf(memoryFile('', 'memory.stat'), 'sock');
      const bound = version === 1 ? (MEMORY_MIB * MiB) / 4 : MEMORY_MIB * MiB;
      let most = 0;
      await driveIntoLimit({
        house,
        lab,
        neighbour,
        by,
        script: `perl -e 'use Socket; $any = inet_aton "127.0.0.1";
        socket $s, AF_INET, SOCK_DGRAM, 0;
        for (1 .. 1000) { socket my $r, AF_INET, SOCK_DGRAM, 0; bind $r, sockaddr_in(0, $any); push @k, $r;
          send $s, "x" x 60000, 0, getsockname $r for 1 .. 4 }
        sleep 1'`,
        isReached: () => {
          most = Math.max(most, held());
          return most > bound / 4;
        },
      });
      expect(held()).toBeLessThanOrEqual(bound);
      expect(most).toBeLessThanOrEqual(bound);
    },
  );

  test('[L4] [A3] /dev/shm is full before the memory is', async () => {
    const { output } = await lab.sudo('df --output=size -m /dev/shm /run /dev | tr -d " "');
    expect(output.split('\n').slice(1)).toEqual(['64', '16', '1']);
  });

  test('[L4] a lab swaps nothing out beyond its memory', () => {
    const swap = memoryFile('memory.memsw.limit_in_bytes', 'memory.swap.max');
    expect(swap).toBe(version === 1 ? String(MEMORY_MIB * MiB) : '0');
  });
});
