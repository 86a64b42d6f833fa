// Tries to change the lab host's kernel: its settings, its helpers, the limits of the lab itself.
// docs/ATTACKS.md, A18 to A24. Knows no file system.
import { existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { allProcesses, groupsOf, hierarchies, namespacesOf, readOf } from '../kernel-view.ts';
import { allSettings } from './host-state.ts';
import { asSomeRoot, perl } from './perl.ts';
import { testAttacks, openScene, type Attack } from './scene.ts';

const scene = openScene();
/** Milliseconds; longer than entering a lab takes, shorter than the sleep of an attacker. */
const STAYS_MS = 1000;

/** Says of each file what became of the words written into it. */
const write = (words: string, files: readonly string[]) =>
  `for file in ${files.join(' ')}; do (echo '${words}' > $file) 2>/dev/null && echo "written: $file"; done; echo tried`;
const tried = /^tried$/;
const triedSome = /^tried at [1-9]\d*$/;

/**
 * Settings that belong to a namespace of the lab (proc_sys_kernel(5), namespaces(7)), and ones that everybody
 * may open and nobody without a capability over the lab host may change.
 */
const own = 'fs/mqueue/|kernel/(auto_msgmni|msg|sem|shm|ns_last_pid|pid_max)|user/max_|net/';
const walk = `sub walk {
    my ($at, $see) = @_; opendir(my $all, $at) or return;
    for my $name (grep { !/^[.]/ } readdir($all)) {
      my $path = "$at/$name"; next if -l $path;
      -d $path ? walk($path, $see) : $see->($path);
    }
  }`;

const v1 = hierarchies.filter(({ version }) => version === 1);
const noV1 = () =>
  existsSync('/proc/cgroups') && v1.length > 0 ? undefined : 'cgroup v2 has no release_agent';

/** What the lab host has in each file with this name at the top of a hierarchy. */
const atTheTop = (name: string) =>
  hierarchies.map(({ mountPoint }) => {
    const path = join(mountPoint, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  });

/** Limits as the lab host reads them on the lab's groups, in every hierarchy. */
const limits = () =>
  groupsOf(scene.lab.init).flatMap((group) =>
    readdirSync(group)
      .filter((name) => /(\.max|limit_in_bytes|quota_us|shares|weight|\.high)$/.test(name))
      .filter((name) => !name.includes('kmem'))
      .map((name) => `${join(group, name)} ${readOrNothing(join(group, name))}`),
  );
const readOrNothing = (path: string) => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return 'not readable';
  }
};

/** Groups of each process of the lab as the lab host sees them, whatever group it went to. */
const groupTexts = () => {
  const lab = namespacesOf(scene.lab.init)['pid'];
  return new Map(
    allProcesses()
      .filter((pid) => pidNamespaceOf(pid) === lab)
      .map((pid) => [pid, readOf(pid, 'cgroup') ?? ''] as const),
  );
};

/**
 * In which groups processes of the lab stay: keeper's own joins them one by one when it enters a lab, for a shell or
 * to keep the learner's files. Attackers that got out would be there for seconds.
 */
const places = async () => {
  const before = groupTexts();
  await sleep(STAYS_MS);
  const stayed = [...groupTexts()].filter(([pid, text]) => before.get(pid) === text);
  const texts = stayed.map(([, text]) => text.replaceAll(/(\/coulisse\/[^/]+).*/g, '$1'));
  return [...new Set(texts.filter((text) => text !== ''))];
};
const pidNamespaceOf = (pid: number) => {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined;
  }
};

/** Mounts every hierarchy afresh, also those that labs do not join, and runs a script at the top of each. */
const atEachTop = (by: 'root' | 'student', script: string) =>
  `mkdir -p /tmp/top-$UID; cd /tmp; ${asSomeRoot(by, '-mC')} bash -c 'tops=0
     for which in $(cut -d: -f2 /proc/self/cgroup | sed s/^$/v2/) rdma misc cpuset hugetlb; do
       if [ $which = v2 ]; then mount -t cgroup2 none top-$0 ; else mount -t cgroup -o $which none top-$0; fi 2>/dev/null || continue
       let tops+=1; (cd top-$0; ${script}); umount -l top-$0
     done; echo tried at $tops' $UID`;

const attacks: readonly Attack[] = [
  {
    clause: 'A18',
    title: 'no key of sysrq can be pressed',
    lacks: () =>
      existsSync('/proc/sysrq-trigger')
        ? undefined
        : 'this kernel is built without CONFIG_MAGIC_SYSRQ',
    // h prints help into the log of the kernel, should it ever work.
    script: write('h', ['/proc/sysrq-trigger', '/proc/sys/kernel/sysrq']),
    shows: tried,
  },
  {
    clause: 'A19',
    title: 'the program that a crash starts cannot be chosen, in no mount of proc',
    script: (_, by) =>
      `mkdir -p /tmp/proc-$UID; cd /tmp; ${asSomeRoot(by, '-mpf')} bash -c 'mount -t proc proc proc-$0; ${write(
        '|/bin/sh -c true',
        ['/proc/sys/kernel/core_pattern', 'proc-$0/sys/kernel/core_pattern'],
      ).replaceAll("'", '"')}' $UID`,
    shows: tried,
    untouched: () => readFileSync('/proc/sys/kernel/core_pattern', 'utf8'),
  },
  {
    clause: 'A20',
    title: 'the programs that load modules and hear of devices cannot be chosen',
    lacks: () =>
      ['/proc/sys/kernel/modprobe', '/sys/kernel/uevent_helper'].some((path) => existsSync(path))
        ? undefined
        : 'this kernel has neither loadable modules nor a uevent helper',
    script: write('/tmp/evil', [
      '/proc/sys/kernel/modprobe',
      '/proc/sys/kernel/hotplug',
      '/sys/kernel/uevent_helper',
      '/proc/sys/kernel/usermodehelper/inheritable',
    ]),
    shows: tried,
  },
  {
    clause: 'A21',
    title: 'no setting outside the lab’s own namespaces can be opened for writing',
    script: perl(
      `${walk} my $seen = 0; walk("/proc/sys", sub { my ($path) = @_; $seen += 1;
         print "$path\\n" if $path !~ m{^/proc/sys/(${own})} && open(my $file, "+<", $path) }); print "tried at $seen"`,
    ),
    shows: /^tried at \d{3,}$/,
    untouched: allSettings,
  },
  {
    clause: 'A21',
    title: 'changing every setting that can be changed changes none of the lab host',
    // In network and IPC namespaces below those of the lab, which is used again.
    script: (_, by) =>
      `${asSomeRoot(by, '-mnipf --mount-proc')} ${perl(
        `${walk} my $changed = 0; my $see = sub { my ($path) = @_;
           open(my $file, "<", $path) or return; my $value = <$file>; return unless defined $value && $value =~ /^\\d+$/;
           open(my $out, ">", $path) or return; $changed += defined syswrite($out, $value + 1) ? 1 : 0 };
         walk("/proc/sys/$_", $see) for "net", "kernel", "vm", "fs"; print $changed > 20 ? "many" : $changed`,
      )}`,
    shows: /^many$/,
    untouched: allSettings,
  },
  {
    clause: 'A21',
    title: 'no file of sysfs outside its network devices can be opened for writing',
    script: perl(
      `${walk} my $seen = 0; walk("/sys", sub { my ($path) = @_; $seen += 1; print "$path\\n"
         if $path !~ m{^/sys/(fs/cgroup|devices/virtual/net)/} && open(my $file, "+<", $path) }); print "tried at $seen"`,
    ),
    shows: /^tried at \d{3,}$/,
  },
  {
    clause: 'A22',
    title: 'no release_agent and no notify_on_release can be set, in no hierarchy',
    lacks: noV1,
    script: (_, by) =>
      atEachTop(
        by,
        'for file in release_agent notify_on_release; do { echo 1 > $file; } 2>/dev/null && echo "$which $file"; done',
      ),
    shows: triedSome,
    untouched: () => [atTheTop('release_agent'), atTheTop('notify_on_release')],
  },
  {
    clause: 'A23',
    title: 'no limit of the lab can be raised, lowered or read as another’s',
    script: (_, by) =>
      atEachTop(
        by,
        `for file in *.max *.high *.weight *.shares *limit_in_bytes *quota_us *throttle*; do
           for value in max -1 1 1000000000; do { echo $value > $file; } 2>/dev/null && echo "$which $file"; done; done`,
      ),
    shows: triedSome,
    untouched: limits,
  },
  {
    clause: 'A24',
    title: 'no process gets into a group outside the lab’s own',
    script: (_, by) =>
      atEachTop(
        by,
        `sleep 20 </dev/null >/dev/null 2>&1 &
           for file in cgroup.procs */cgroup.procs ../cgroup.procs; do { echo $! > $file; } 2>/dev/null; done`,
      ),
    shows: triedSome,
    untouched: places,
  },
];

testAttacks(scene, attacks);

test('[A21] [A22] [A23] [A24] what is compared before and after is there to be compared', async () => {
  expect(Object.keys(allSettings()).length).toBeGreaterThan(100);
  expect(limits().length).toBeGreaterThan(3);
  const seen = await places();
  expect(seen.every((text) => text.includes('/coulisse/'))).toBe(true);
  expect(seen).not.toEqual([]);
  const agents = atTheTop('release_agent').filter((text) => text !== undefined);
  expect(agents.length > 0).toBe(noV1() === undefined);
});
