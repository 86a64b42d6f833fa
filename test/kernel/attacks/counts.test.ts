// Tries to use up what the kernel counts for the whole machine: namespaces, watches, network devices.
// docs/ATTACKS.md, A58 and A60 to A62. Knows no memory.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { limitedGroup } from '../kernel-view.ts';
import { otherNumbers, perl } from './perl.ts';
import { openScene, testAttacks, type Attack } from './scene.ts';

/** Above 32, at which the kernel's own bound of the depth of user namespaces lies. */
const NAMESPACES = 40;
const INSTANCES = 12;
const WATCHES = 300;
const MEMORY_MIB = 96;

const scene = openScene({
  COULISSE_LAB_NAMESPACES: String(NAMESPACES),
  COULISSE_LAB_INOTIFY_INSTANCES: String(INSTANCES),
  COULISSE_LAB_INOTIFY_WATCHES: String(WATCHES),
  COULISSE_LAB_MEMORY_MIB: String(MEMORY_MIB),
});

const countsOfHost = () =>
  readdirSync('/proc/sys/user').map((name) =>
    readFileSync(join('/proc/sys/user', name), 'utf8').trim(),
  );

/**
 * By student, as root of a user namespace below that of the lab, who sets every count of his own as high as it
 * goes. What lab root can do is in limits-counts.test.ts.
 */
const raised = (script: string) =>
  `unshare -Ur bash -c '${`for file in /proc/sys/user/max_*; do echo 1000000 > $file; done; ${script}`.replaceAll("'", String.raw`'\''`)}'`;

/** Flags of unshare(2), for kinds whose namespace is entered and can so be held by a descriptor. */
const kinds = [
  ['mnt', 0x2_0000],
  ['cgroup', 0x200_0000],
  ['uts', 0x400_0000],
  ['ipc', 0x800_0000],
  ['net', 0x4000_0000],
] as const;

const attacks: readonly Attack[] = [
  ...kinds.map(([kind, flag]): Attack => ({
    clause: kind === 'net' ? 'A61' : 'A58',
    title: `namespaces of kind ${kind} end at the lab’s share, below namespaces of its own too`,
    lacks: otherNumbers,
    by: ['student'],
    script: raised(
      perl(
        `my @kept; while (@kept < 200) { if (syscall(272, ${flag}) == -1) { print "$!"; last }
             open(my $one, "<", "/proc/self/ns/${kind}") or die $!; push @kept, $one }
           print @kept <= ${NAMESPACES} ? " within" : " beyond"`,
      ),
    ),
    shows: /^No space left on device within$/,
    untouched: countsOfHost,
  })),
  {
    clause: 'A58',
    title:
      'inotify ends at the lab’s share, by instances and by watches, below namespaces of its own too',
    lacks: otherNumbers,
    by: ['student'],
    script: raised(
      perl(
        `my @kept; while (@kept < 100) { my $fd = syscall(294, 0); if ($fd == -1) { print "$!"; last } push @kept, $fd }
           print @kept <= ${INSTANCES} ? " within; " : " beyond; "; my %watches;
           for my $path (glob("/usr/bin/* /usr/lib/*/* /etc/* /usr/share/*/*")) { my $name = $path;
             my $watch = syscall(254, $kept[0], $name, 2); if ($watch != -1) { $watches{$watch} = 1; next }
             next if $!{ENOENT} || $!{EACCES}; print "$!"; last }
           print keys %watches <= ${WATCHES} ? " within" : " beyond"`,
      ),
    ),
    shows: /^Too many open files within; No space left on device within$/,
    untouched: countsOfHost,
  },
  {
    clause: 'A60',
    title: 'user namespaces below each other end at the depth that the kernel has',
    lacks: otherNumbers,
    script: perl(
      `my ($depth, $user, $group) = (0, $<, $( + 0);
       sub put { open(my $file, ">", "/proc/self/$_[0]") or return; syswrite($file, $_[1]) }
       while ($depth < 200) { if (syscall(272, 0x10000000) == -1) { print "$!"; last }
         $depth++; put("setgroups", "deny"); put("gid_map", "0 $group 1"); put("uid_map", "0 $user 1"); ($user, $group) = (0, 0) }
       print $depth <= 32 ? " within 32" : " at $depth"`,
    ),
    shows: /^No space left on device within 32$/,
  },
  {
    clause: 'A62',
    title: 'network devices are memory of the lab, and end with it',
    // What was made goes with its namespace, a moment later: whoever is next waits for that, or gets no namespace at
    // all; the one by which this was seen is counted for a moment too. Which piece of memory is one too many is chance:
    // for most the kernel kills who asks, for a device itself and its queues it answers ENOMEM (__GFP_RETRY_MAYFAIL, as
    // alloc_netdev_mqs() and veth ask, ends try_charge_memcg() before the OOM killer).
    script: (_, by) =>
      `until unshare ${by === 'root' ? '-n' : '-Urn'} ip link add v0 type veth peer name w0 2>/dev/null; do sleep 0.2; done
       for try in $(seq 50); do
         unshare ${by === 'root' ? '-n' : '-Urn'} bash -c 'echo 1000 > /proc/self/oom_score_adj
           exec ip -batch <(for i in $(seq 4000); do echo link add v$i type veth peer name w$i; done)' >/dev/null 2>/tmp/why-$UID; code=$?
         grep -q '^unshare: .*No space' /tmp/why-$UID || break; sleep 0.2
       done; test $code = 137 || head -1 /tmp/why-$UID; echo "ended $code"`,
    shows: /(ended 137|RTNETLINK answers: Cannot allocate memory\nended 1)$/,
    untouched: () => [
      readFileSync('/proc/net/dev', 'utf8').split('\n').length,
      Number(memoryNow()) <= MEMORY_MIB * 1024 * 1024,
    ],
  },
];

function memoryNow(): string {
  const { path, version } = limitedGroup(scene.lab.init, 'memory');
  return readFileSync(
    join(path, version === 1 ? 'memory.usage_in_bytes' : 'memory.current'),
    'utf8',
  );
}

testAttacks(scene, attacks);

test('[A61] while network namespaces come and go in a storm, labs are made and neighbours have their own', async () => {
  const storm = scene.lab.sudo(
    perl(
      `my $until = time + 4; my $n = 0; while (time < $until) { $n++ if syscall(272, 0x40000000) == 0; select(undef, undef, undef, 0.001) } print $n > 9 ? "stormed" : $n`,
    ),
  );
  const another = await scene.house.enter();
  expect((await another.sudo('unshare -n ip -o link | wc -l')).output).toBe('1');
  expect((await scene.neighbour.sudo('unshare -n ip -o link | wc -l')).output).toBe('1');
  expect((await storm).output).toBe('stormed');
});
