// Drives labs into their limits and wants the lab to get the error, its neighbour to answer and the limits to
// stay as they are. Runs on whichever cgroup version this machine has, and says which.
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeHierarchies } from '../../server/keeper/cgroups/hierarchies.ts';
import { KernelHouse } from './kernel-house.ts';
import { hierarchies, limitedGroup, until } from './kernel-view.ts';
import { everybody, type LearnerLab } from './learner-lab.ts';

const MEMORY_MIB = 96;
const PIDS = 64;
const CPU_PERCENT = 50;
const MiB = 1024 * 1024;
const version = describeHierarchies(hierarchies.filter((one) => one.controllers.length > 0));

let house: KernelHouse;
let lab: LearnerLab;
let neighbour: LearnerLab;

beforeAll(async () => {
  house = await KernelHouse.open({
    COULISSE_LAB_MEMORY_MIB: String(MEMORY_MIB),
    COULISSE_LAB_PIDS: String(PIDS),
    COULISSE_LAB_CPU_PERCENT: String(CPU_PERCENT),
  });
  [lab, neighbour] = await Promise.all([house.enter(), house.enter()]);
});

afterAll(() => house.close());

/** A file of the group that carries the limit, by its name in either version. */
function limitFile(controller: string, names: { v1: string; v2: string }): string {
  const { path, version: group } = limitedGroup(lab.init, controller);
  return readFileSync(join(path, group === 1 ? names.v1 : names.v2), 'utf8').trim();
}

/** A counter in a file of `name value` lines. */
function counter(controller: string, names: { v1: string; v2: string }, key: string): number {
  const line = limitFile(controller, names)
    .split('\n')
    .find((one) => one.startsWith(`${key} `));
  return Number(line?.split(' ')[1] ?? 0);
}

const oomKills = () =>
  counter('memory', { v1: 'lab/memory.oom_control', v2: 'memory.events' }, 'oom_kill');
const answers = async () => expect((await neighbour.run('echo here')).output).toBe('here');

describe(`[L4] limits (cgroup ${version} on this machine)`, () => {
  test('[L4] memory, processes and processor time are limited as configured', () => {
    const memory = { v1: 'memory.limit_in_bytes', v2: 'memory.max' };
    expect(limitFile('memory', memory)).toBe(String(MEMORY_MIB * MiB));
    expect(limitFile('pids', { v1: 'pids.max', v2: 'pids.max' })).toBe(String(PIDS));
    const quota = limitFile('cpu', { v1: 'cpu.cfs_quota_us', v2: 'cpu.max' }).split(' ')[0];
    expect(Number(quota)).toBe((100_000 * CPU_PERCENT) / 100);
  });

  test('[L4] every process of a lab is in its groups, in every hierarchy that limits', async () => {
    await lab.run('(sleep 30 & sleep 30 &) </dev/null >/dev/null 2>&1');
    const processes = lab.processes();
    // PID 1, the terminal and the two.
    expect(processes.length).toBeGreaterThanOrEqual(4);
    for (const controller of ['memory', 'pids', 'cpu']) {
      const groups = new Set(processes.map((pid) => limitedGroup(pid, controller).path));
      expect(groups, `groups of ${controller}`).toEqual(
        new Set([limitedGroup(lab.init, controller).path]),
      );
    }
    await lab.run('pkill sleep');
  });

  test('[L4] root of the lab cannot write a limit of its own lab, nor read that of the lab host', async () => {
    const script = `for file in $(find /sys/fs/cgroup -maxdepth 2 -name '*.max' -o -maxdepth 2 -name '*limit_in_bytes' -o -maxdepth 2 -name '*quota_us' -o -maxdepth 2 -name release_agent -o -maxdepth 2 -name notify_on_release); do
        case $file in */session/*) continue;; esac
        (echo 1 > $file) 2>/dev/null && echo "written: $file"
        (echo max > $file) 2>/dev/null && echo "written: $file"
      done; echo done`;
    expect((await lab.sudo(script)).output).toBe('done');
  });

  test('[L4] what the lab sees as the root of each hierarchy is its own group below the limits', async () => {
    for (const controller of ['memory', 'pids', 'cpu']) {
      const group = limitedGroup(lab.init, controller);
      const own = statSync(join(group.path, 'lab')).ino;
      const { output } = await lab.sudo(
        `for d in /sys/fs/cgroup /sys/fs/cgroup/${controller} /sys/fs/cgroup/unified; do stat -c %i $d; done`,
      );
      expect(output.split('\n'), `groups of ${controller}`).toContain(String(own));
    }
    expect((await lab.sudo('cat /proc/self/cgroup /proc/1/cgroup')).output).not.toContain(
      'coulisse',
    );
  });

  test('[L4] a process that takes all memory is killed inside; the neighbour answers, the lab lives', async () => {
    const before = oomKills();
    const hog = lab.run(`perl -e 'push @x, "x" x 1048576 while 1'; echo "ended $?"`);
    await until('the kernel kills it', async () => {
      await answers();
      return oomKills() > before;
    });
    expect((await hog).output).toMatch(/ended 137/);
    expect((await lab.run('echo alive')).output).toBe('alive');
  });

  test('[L4] a tmpfs is charged to the lab that fills it', async () => {
    const before = oomKills();
    const script = `unshare -m sh -c 'mount -t tmpfs -o size=1g tmpfs /mnt; exec perl -e "\\$b = q(x) x 3e7; open F, q(>), q(/mnt/f); print F q(x) x 1e6 while 1"'; echo "ended $?"`;
    const hog = lab.sudo(script);
    await until('the kernel kills it', async () => {
      await answers();
      return oomKills() > before;
    });
    expect((await hog).output).toMatch(/ended 137/);
  });

  test.for(everybody)(
    '[L4] [A7] a lab in which %s spins is throttled by the quota that keeper set, and the neighbour answers',
    async (by) => {
      const { path, version: of } = limitedGroup(lab.init, 'cpu');
      const file = join(path, of === 1 ? 'cpu.cfs_quota_us' : 'cpu.max');
      const quota = readFileSync(file, 'utf8').trim();
      const throttled = () => counter('cpu', { v1: 'cpu.stat', v2: 'cpu.stat' }, 'nr_throttled');
      const before = throttled();
      await lab.runAs(by, '(timeout 20 sh -c "while :; do :; done" &) </dev/null >/dev/null 2>&1');
      // On a machine full of others' work a lab never comes near its half of a core: less for this moment.
      writeFileSync(file, of === 1 ? '2000' : '2000 100000');
      try {
        await until('it is throttled', async () => {
          await answers();
          return throttled() > before;
        });
        expect(throttled()).toBeGreaterThan(before);
      } finally {
        writeFileSync(file, quota);
      }
      await lab.runAs(by, 'pkill timeout');
    },
  );

  test.for(everybody)(
    '[L4] [A1] a fork bomb of %s gets EAGAIN at the limit, and the neighbour answers',
    async (by) => {
      const script = `perl -e 'for (1..400) { my $p = fork; if (!defined $p) { print $!{EAGAIN} ? "EAGAIN" : $!; kill 9, @p; exit } if (!$p) { sleep 60; exit } push @p, $p } print "no limit"; kill 9, @p'`;
      expect((await lab.runAs(by, script)).output).toBe('EAGAIN');
      await answers();
      const bombed = await house.enter();
      const client = await bombed.client.open();
      await client.waitForOutput(/\$ $/);
      client.type(by === 'root' ? "sudo -n bash -c ':(){ :|:& };:'\n" : ':(){ :|:& };:\n');
      const { path } = limitedGroup(bombed.init, 'pids');
      // Counted where the limit is (v2), or where the fork was tried (v1).
      const refused = () =>
        [path, join(path, 'lab')]
          .map((group) => join(group, 'pids.events'))
          .filter((file) => existsSync(file))
          .map((file) => Number(/^max (\d+)/.exec(readFileSync(file, 'utf8'))?.[1]))
          .reduce((sum, times) => sum + times, 0);
      await until('forks are refused', async () => {
        await answers();
        return refused() > 0;
      });
      expect(Number(readFileSync(join(path, 'pids.current'), 'utf8'))).toBeLessThanOrEqual(PIDS);
      bombed.client.send({ type: 'reset' });
      await bombed.client.closed;
    },
  );
});

describe('[L15] dividing what the lab has', () => {
  /** Where the learner makes groups for a controller. */
  const place = (controller: string) => {
    const group = limitedGroup(lab.init, controller);
    if (group.version === 1)
      return { path: `/sys/fs/cgroup/${controller}`, version: group.version };
    const isMixed = readdirSync('/sys/fs/cgroup').includes('unified');
    return { path: isMixed ? '/sys/fs/cgroup/unified' : '/sys/fs/cgroup', version: group.version };
  };
  const prepare = (controller: string) => {
    const { path, version: of } = place(controller);
    const enable = of === 2 ? `echo +${controller} > ${path}/cgroup.subtree_control;` : '';
    return `set -e; ${enable} mkdir -p ${path}/demo; cd ${path}/demo;`;
  };

  test('[L15] [N35] a learner can limit the memory of a group and see it killed there', async () => {
    const file = place('memory').version === 1 ? 'memory.limit_in_bytes' : 'memory.max';
    const { output } = await lab.sudo(`${prepare('memory')} echo 20M > ${file}; cat ${file}
      (echo $BASHPID > cgroup.procs; exec perl -e 'push @x, "x" x 1048576 while 1') || echo "ended $?"
      cat memory.oom_control memory.events 2>/dev/null | grep oom_kill; cd ..; rmdir demo`);
    expect(output).toMatch(/^20971520\n[^]*ended 137\n[^]*oom_kill [1-9]/);
  });

  test('[L15] [N36] a learner can limit the processes of a group', async () => {
    const { output } = await lab.sudo(`${prepare('pids')} echo 3 > pids.max
      (echo $BASHPID > cgroup.procs; for i in 1 2 3 4; do sleep 1 & done) 2>&1 || true
      cat pids.events; while test -s cgroup.procs; do sleep 0.1; done; cd ..; rmdir demo`);
    expect(output).toMatch(/max [1-9]/);
  });

  test('[L15] [N37] a learner can limit the processor time of a group', async () => {
    const isOld = place('cpu').version === 1;
    const set = isOld ? 'echo 10000 > cpu.cfs_quota_us' : 'echo "10000 100000" > cpu.max';
    const { output } = await lab.sudo(`${prepare('cpu')} ${set}
      (echo $BASHPID > cgroup.procs; exec timeout 1 sh -c 'while :; do :; done') || true
      grep nr_throttled cpu.stat; cd ..; rmdir demo`);
    expect(output).toMatch(/nr_throttled [1-9]/);
  });

  const v2 = hierarchies.find((one) => one.version === 2);

  test.skipIf(v2 === undefined)(
    '[L15] [N38] a learner can freeze a group, thaw it and kill it whole',
    async () => {
      const { output } =
        await lab.sudo(`cd $(findmnt -nro TARGET -t cgroup2 | tail -1); mkdir demo; cd demo
      sleep 300 </dev/null >/dev/null 2>&1 & echo $! > cgroup.procs; echo 1 > cgroup.freeze
      until grep -q 'frozen 1' cgroup.events; do sleep 0.02; done; echo frozen; echo 0 > cgroup.freeze
      until grep -q 'frozen 0' cgroup.events; do sleep 0.02; done; echo thawed; echo 1 > cgroup.kill
      until grep -q 'populated 0' cgroup.events; do sleep 0.02; done; echo killed; cd ..; rmdir demo`);
      expect(output).toMatch(/frozen\nthawed\n[^]*killed/);
    },
  );
});
