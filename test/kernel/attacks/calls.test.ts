// Makes system calls that reach over all labs at once, with arguments that would work, and opens sockets of
// families that a network namespace does not isolate. docs/ATTACKS.md, A25 to A40. Knows no file system.
import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { readOf } from '../kernel-view.ts';
import { eachSays, makeCalls, otherNumbers, perl } from './perl.ts';
import { testAttacks, openScene, type Attack } from './scene.ts';

const scene = openScene();

type Call = readonly [string, ...(number | string)[]];

/** Every call is refused. */
function refused(clause: Attack['clause'], title: string, calls: readonly Call[]): Attack {
  const names = calls.map(([name]) => name);
  const shows = eachSays(names, 'Operation not permitted');
  return { clause, title, lacks: otherNumbers, script: makeCalls(calls), shows };
}

/** struct perf_event_attr: a software clock of this process, user space alone. */
const perfClock = 'my $attr = pack("LLQQQQQ", 1, 112, 0, 0, 0, 0, 0x63) . "\\0" x 64';
const bootId = () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');

const attacks: readonly Attack[] = [
  refused('A25', 'no other kernel can be started', [
    ['kexec_load', 246, 0, 0, 0, 0],
    ['kexec_file_load', 320, 0, 0, 0, 0, 0],
  ]),
  {
    clause: 'A26',
    title: 'a reboot reboots nothing',
    lacks: otherNumbers,
    script: `${makeCalls([
      ['restart', 169, 0xfee1dead, 672274793, 0x1234567, 0],
      ['power off', 169, 0xfee1dead, 672274793, 0x4321fedc, 0],
    ])}; busybox reboot -f 2>&1; echo 'still here'`,
    shows:
      /^restart: Operation not permitted\npower off: Operation not permitted\n(.*not permitted\n)?still here$/,
    untouched: () => [bootId(), readOf(scene.lab.init, 'stat')?.split(' ')[0]],
  },
  refused('A27', 'no module is loaded or removed', [
    ['init_module', 175, '(my $image = "\\x7fELF" . "\\0" x 60)', 64, '(my $options = "")'],
    ['finit_module', 313, 0, '(my $words = "")', 0],
    ['delete_module', 176, '(my $name = "ext4")', 0],
  ]),
  refused('A28', 'no program for BPF is loaded, no map made', [
    ['map', 321, 0, '(my $map = pack("LLLL", 2, 4, 8, 1) . "\\0" x 100)', 72],
    ['program', 321, 5, '(my $program = pack("LL", 1, 1) . "\\0" x 100)', 72],
  ]),
  refused('A29', 'no performance counter is opened, not even of the process itself', [
    ['own', 298, `do { ${perfClock}; $attr }`, 0, -1, -1, 0],
    ['all', 298, `do { ${perfClock}; $attr }`, -1, 0, -1, 0],
  ]),
  refused('A30', 'no page fault is handled in user space', [
    ['userfaultfd', 323, 0],
    ['user mode only', 323, 1],
  ]),
  refused('A31', 'no io_uring is set up', [['io_uring_setup', 425, 8, '(my $ring = "\\0" x 120)']]),
  refused('A32', 'no key is added, asked for or searched', [
    [
      'add_key',
      248,
      '(my $type = "user")',
      '(my $name = "planted")',
      '(my $secret = "secret")',
      6,
      -4,
    ],
    ['session', 250, 1, 0],
    ['search', 250, 10, -4, '(my $kind = "user")', '(my $sought = "planted")', 0],
    ['request_key', 249, '(my $sort = "user")', '(my $asked = "planted")', 0, -4],
  ]),
  refused('A33', 'no swap is added or taken away', [
    ['swapon', 167, '(my $file = "/etc/passwd")', 0],
    ['swapoff', 168, '(my $disk = "/dev/vda")'],
  ]),
  refused('A34', 'no accounting of processes is switched on or off', [
    ['on', 163, '(my $file = "/tmp/account")'],
    ['off', 163, 0],
  ]),
  {
    clause: 'A35',
    title: 'the log of the kernel is not read',
    lacks: otherNumbers,
    script: `${makeCalls([
      ['syslog', 103, 3, '(my $log = "\\0" x 4096)', 4096],
      ['size', 103, 10, 0, 0],
    ])}; cat /dev/kmsg /proc/kmsg 2>&1 | head -c 2000`,
    shows:
      /^(\w+: Operation not permitted\n){2}cat: \/dev\/kmsg: No such file or directory\ncat: \/proc\/kmsg: (Permission denied|Operation not permitted)$/,
  },
  {
    clause: 'A36',
    title: 'the clock of the machine is not set, by no call that can',
    lacks: otherNumbers,
    // The time that it is, should it ever work.
    script: `${makeCalls([
      ['settimeofday', 164, '(my $now = pack("qq", time, 0))', 0],
      ['zone', 164, 0, '(my $zone = pack("ll", 0, 0))'],
      ['clock_settime', 227, 0, '(my $time = pack("qq", time, 0))'],
      ['clock_adjtime', 305, 0, '(my $tick = pack("Lx4qqqlx4", 0x4000, 0, 0, 0, 0) . "\\0" x 200)'],
      ['adjtimex', 159, '(my $slew = pack("Lx4q", 0x8001, 1) . "\\0" x 200)'],
    ])}; ls /dev/rtc* 2>&1 | head -1`,
    shows: /^(\w+: Operation not permitted\n){5}ls: cannot access/,
  },
  refused('A37', 'no quota is read or set', [
    ['sync', 179, 0x800001_00, 0, 0, 0],
    ['on', 179, 0x800002_00, '(my $disk = "/dev/vda")', 1, '(my $file = "/q")'],
    ['by file', 443, 0, 0x800001_00, 0, 0],
  ]),
  refused('A38', 'no port of the processor is opened', [
    ['iopl', 172, 3],
    ['ioperm', 173, 0x80, 1, 1],
  ]),
  {
    clause: 'A39',
    title: 'the hypervisor is not called: AF_VSOCK is no network that a namespace isolates',
    lacks: otherNumbers,
    // The kernel looks at 32 bits of the family; the filter must not be led astray by the others.
    script: `${perl('print socket(my $s, 40, $_, 0) ? "open" : "$!", "\\n" for 1, 2, 5')}
      ${makeCalls([['with more bits', 41, 0x1_0000_0028, 1, 0]])}; ls /dev/vsock 2>&1`,
    shows:
      /^(Operation not permitted\n){3}with more bits: Operation not permitted\nls: cannot access/,
  },
  {
    clause: 'A40',
    title: 'of all families of sockets five can be opened, the ones that lessons need',
    script: perl(`for my $family (1 .. 80) {
        my @types = grep { socket(my $s, $family, $_, 0) } 1, 2, 3, 5; print "$family " if @types }
      for my $family (grep { $_ != 1 } 1 .. 80) {
        my @types = grep { socketpair(my $s, my $t, $family, $_, 0) } 1, 2, 5; print "pair $family" if @types }`),
    // Packets are for root.
    shows: { root: /^1 2 10 16 17$/, student: /^1 2 10 16$/ },
  },
  {
    clause: 'A40',
    title: 'the refusal comes from the filter, before the kernel looks for a module',
    script: perl(`my %said; for my $family (grep { !/^(1|2|10|16|17)$/ } 1 .. 80) {
        for my $type (1, 2, 3, 5) {
          $said{$!} = 1 unless socket(my $s, $family, $type, 0);
          $said{$!} = 1 unless socketpair(my $t, my $u, $family, $type, 0) } }
      print join "; ", sort keys %said`),
    shows: /^Operation not permitted$/,
  },
];

testAttacks(scene, attacks);

afterEach(() => scene.hearNeighbour());

test('[A32] a lab shows no key of the neighbour or the lab host, and the neighbour none of it', async () => {
  for (const lab of [scene.lab, scene.neighbour]) {
    const { output } = await lab.sudo('cat /proc/keys; echo above');
    expect(output).toBe('above');
  }
});
