// What a snapshot says of cgroups beside what their own files say inside the lab. [L11]
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { observe } from './keeper-door.ts';
import { KernelHouse } from './kernel-house.ts';
import { until } from './kernel-view.ts';
import type { LearnerLab } from './learner-lab.ts';

let house: KernelHouse;
let lab: LearnerLab;

beforeAll(async () => {
  house = await KernelHouse.open();
  lab = await house.enter();
});

afterAll(() => house.close());

const look = () => observe(house.stateDir, lab.name, { drawn: true });

/** The words of each line. */
async function table(script: string): Promise<string[][]> {
  const { output, code } = await lab.sudo(script);
  expect({ code, output }).toMatchObject({ code: 0 });
  return output.split('\n').map((line) => line.trim().split(/\s+/));
}

describe('[L11] cgroups and their files', () => {
  test('cgroup files: limits, use and events of memory, processes and processors, of either version', async () => {
    const script = `
      c=/sys/fs/cgroup; v=2; [ -d $c/memory ] && v=1
      of() { [ $v = 1 ] && echo $c/$1/facts || echo $c/facts; }
      if [ $v = 2 ]; then echo '+memory +pids +cpu' > $c/cgroup.subtree_control; mkdir -p $c/facts
      else mkdir -p $c/{memory,pids,cpu,cpuacct}/facts; fi`;
    const { output, code } = await lab.sudo(`${script}
      if [ $v = 1 ]; then echo 33554432 > $(of memory)/memory.limit_in_bytes; echo 50000 > $(of cpu)/cpu.cfs_quota_us
      else echo 33554432 > $(of memory)/memory.max; echo '50000 100000' > $(of cpu)/cpu.max; fi
      echo 7 > $(of pids)/pids.max
      bash -c "for d in $(of memory) $(of pids) $(of cpu) $(of cpuacct); do echo \\$\\$ > \\$d/cgroup.procs; done
        (sleep 3009 </dev/null >/dev/null 2>&1 &)
        perl -e 'for (1 .. 9) { my \\$p = fork; if (defined \\$p && !\\$p) { sleep 1; exit } } 1 while wait > 0'
        perl -e '\\$x = q(x) x 60000000'; true" 2>/dev/null`);
    expect({ code, output }).toMatchObject({ code: 0 });
    const files = `${script}
      if [ $v = 1 ]; then d=$(of memory); cat $d/memory.limit_in_bytes; awk '/^oom_kill /{print $2}' $d/memory.oom_control; cat $d/memory.usage_in_bytes
        d=$(of cpu); echo $(cat $d/cpu.cfs_quota_us) $(cat $d/cpu.cfs_period_us); awk '/^nr_throttled/{print $2}' $d/cpu.stat
        cat $(of cpuacct)/cpuacct.usage
      else d=$(of memory); cat $d/memory.max; awk '/^oom_kill /{print $2}' $d/memory.events; cat $d/memory.current
        cat $d/cpu.max; awk '/^nr_throttled/{print $2}' $d/cpu.stat; awk '/^usage_usec/{print $2 "000"}' $d/cpu.stat; fi
      d=$(of pids); cat $d/pids.max $d/pids.current; awk '/^max/{print $2}' $d/pids.events`;
    // Use moves by itself: the files say the same before the look and after it.
    const { group, said } = await until('a group at rest', async () => {
      const before = await table(files);
      const seen = (await look()).groups.find(({ path }) => path === '/facts');
      const after = await table(files);
      return before.join() === after.join() && { group: seen, said: before };
    });
    const [
      [limit] = [],
      [kills] = [],
      [used] = [],
      [quota, period] = [],
      [throttled] = [],
      [spent] = [],
    ] = said;
    const [[most] = [], [current] = [], [refused] = []] = said.slice(6);
    expect(group).toEqual({
      path: '/facts',
      memory: { used: Number(used), limit: Number(limit), kills: Number(kills) },
      processes: { used: Number(current), limit: Number(most), refused: Number(refused) },
      processor: {
        usedMicroseconds: Math.round(Number(spent) / 1000),
        cores: Number(quota) / Number(period),
        throttled: Number(throttled),
      },
    });
    const { processes } = await look();
    const [[member] = []] = await table("pgrep -f '^sleep 3009'");
    const inside = processes.filter((one) => one.group === '/facts').map(({ pid }) => String(pid));
    expect(inside).toEqual([member]);
    const [[own = ''] = []] = await table(
      `sed -n 's/^\\(.*:pids\\|0:\\):\\//\\//p' /proc/1/cgroup | head -1`,
    );
    // On v2 they sit in the leaf, which nobody has made.
    expect(own).toMatch(/^\/(session)?$/);
    expect(processes.find(({ pid }) => pid === 1)?.group).toBe('/');
    expect((await look()).groups.map(({ path }) => path)).toEqual(['/', '/facts']);
    expect([limit, most, quota]).toEqual(['33554432', '7', '50000']);
    expect(Number(kills)).toBeGreaterThan(0);
    expect(Number(refused)).toBeGreaterThan(0);
    await lab.run('sudo pkill -f "sleep 3009"');
  });

  test('of cgroups beyond those that are told, how many there are', async () => {
    const before = await look();
    expect(before.moreGroups).toBe(0);
    const { code } = await lab.sudo(
      'c=/sys/fs/cgroup; [ -d $c/pids ] && c=$c/pids; mkdir $c/many{1..70}',
    );
    expect(code).toBe(0);
    const after = await look();
    expect(after.groups).toHaveLength(64);
    expect(after.moreGroups).toBe(before.groups.length + 70 - 64);
    await lab.sudo('c=/sys/fs/cgroup; [ -d $c/pids ] && c=$c/pids; rmdir $c/many*');
    expect(await look()).toMatchObject({ moreGroups: 0 });
  });
});
