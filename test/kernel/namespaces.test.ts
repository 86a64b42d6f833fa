// Asks the kernel, from the lab host and from inside, whether a lab has namespaces, ids and a first process
// of its own. Knows no file system and no limit.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KernelHouse } from './kernel-house.ts';
import { kinds, namespacesOf, readOf, statusOf, wordsOf } from './kernel-view.ts';
import { everybody, openTerminal, type LearnerLab } from './learner-lab.ts';

let house: KernelHouse;
let lab: LearnerLab;
let neighbour: LearnerLab;

beforeAll(async () => {
  house = await KernelHouse.open();
  [lab, neighbour] = await Promise.all([house.enter(), house.enter()]);
});

afterAll(() => house.close());

describe('[L1] namespaces and first process', () => {
  test('[L1] all eight namespaces of a lab differ from those of the lab host and of another lab', () => {
    const host = namespacesOf(process.pid);
    const here = namespacesOf(lab.init);
    const there = namespacesOf(neighbour.init);
    for (const kind of kinds) {
      expect(here[kind], `namespace ${kind}`).not.toBe(host[kind]);
      expect(here[kind], `namespace ${kind}`).not.toBe(there[kind]);
    }
  });

  test('[L1] a terminal is in the namespaces of PID 1, all eight', async () => {
    const { output } = await lab.run('echo $$; for n in /proc/self/ns/*; do readlink $n; done');
    const [pid, ...links] = output.split('\n');
    expect(Number(pid)).toBeGreaterThan(1);
    const of = namespacesOf(lab.init);
    for (const kind of kinds) expect(links).toContain(of[kind]);
  });

  test('[L1] PID 1 of the lab has two PIDs, the inner one being 1, and calls itself init', () => {
    expect(statusOf(lab.init, 'NSpid')).toBe(`${lab.init} 1`);
    expect(wordsOf(lab.init, 'cmdline')[0]).toBe('/sbin/init');
  });

  test('[L1] PID 1 reaps orphans: no zombie stays', async () => {
    const script = `for i in $(seq 20); do (sh -c 'sleep 0.05 & exit' &); done
      for i in $(seq 400); do
        left=$(ps -eo stat=,comm= | grep -cE '^Z|sleep' || true); test $left = 0 && break
        read -t 0.02 < <(exec tail -f /dev/null) || true
      done
      ps -eo stat=,ppid=,comm= | grep ^Z; echo zombies above`;
    expect((await lab.run(script)).output).toBe('zombies above');
  });

  test('[L1] an orphan becomes a child of PID 1', async () => {
    const { output } = await lab.run(
      `pid=$(sh -c 'sleep 30 </dev/null >/dev/null 2>&1 & echo $!'); ps -o ppid= -p $pid; kill $pid`,
    );
    expect(output.trim()).toBe('1');
  });

  test.for(everybody)(
    '[L1] [A71] %s of the lab cannot end or stop PID 1 by a signal',
    async (by) => {
      const { output } = await lab.runAs(
        by,
        'for s in TERM KILL STOP HUP; do kill -$s 1; done 2>&1',
      );
      // The kernel takes root's signals and drops them.
      expect(output.match(/not permitted/g) ?? []).toHaveLength(by === 'root' ? 0 : 4);
      expect((await lab.run('echo alive; ps -o stat= -p 1')).output).toMatch(/^alive\nS/);
    },
  );

  test('[L1] the host name is lab, and a change of it stays in the lab', async () => {
    expect((await lab.run('hostname')).output).toBe('lab');
    const before = readFileSync('/proc/sys/kernel/hostname', 'utf8');
    await lab.sudo('hostname elsewhere');
    expect((await lab.run('hostname')).output).toBe('elsewhere');
    expect((await neighbour.run('hostname')).output).toBe('lab');
    expect(readFileSync('/proc/sys/kernel/hostname', 'utf8')).toBe(before);
    await lab.sudo('hostname lab');
  });

  test('[L1] a lab sees its own processes only, by any PID', async () => {
    const { output } = await lab.sudo(`ps -eo pid= | wc -l; kill -0 ${lab.init} 2>&1`);
    expect(output).toMatch(/No such process$/);
    expect(Number(output.split('\n')[0])).toBeLessThan(20);
  });
});

describe('[L2] exclusive user ids', () => {
  const firstHostId = (pid: number) => Number(readOf(pid, 'uid_map')?.trim().split(/\s+/)[1]);

  test('[L2] a lab maps ids 0-65535, users and groups alike, and no other id', () => {
    for (const file of ['uid_map', 'gid_map']) {
      const map = readOf(lab.init, file)?.trim().split(/\s+/).map(Number) ?? [];
      expect(map).toEqual([0, firstHostId(lab.init), 65_536]);
    }
  });

  test('[L2] root of a lab is a user without name or privilege on the lab host', () => {
    const base = firstHostId(lab.init);
    expect(base).toBeGreaterThanOrEqual(0x7000_0000);
    expect(statusOf(lab.init, 'Uid')).toBe(Array(4).fill(base).join(' '));
    expect(readFileSync('/etc/passwd', 'utf8')).not.toContain(`:${base}:`);
  });

  test('[L2] [A50] ranges of two labs do not touch', () => {
    const [low = 0, high = 0] = [lab.init, neighbour.init]
      .map(firstHostId)
      .toSorted((a, b) => a - b);
    expect(high - low).toBeGreaterThanOrEqual(65_536);
  });

  test.for(everybody)(
    '[L2] [A50] %s takes no id outside of the lab, be it of a neighbour or of the lab host',
    async (by) => {
      const ids = [65_536, firstHostId(lab.init), firstHostId(neighbour.init)].flatMap((base) => [
        base,
        base + 1000,
      ]);
      const { output } = await lab.runAs(
        by,
        `cd /tmp; touch mine-$UID; perl -MPOSIX -e 'for my $id (${ids.join(', ')}) {
        POSIX::setgid($id) and print "group $id\n"; $! == EINVAL or print "$!\n";
        POSIX::setuid($id) and print "user $id\n"; $! == EINVAL or print "$!\n";
        chown($id, $id, "mine-$<") and print "owner $id\n"; $! == EINVAL or print "$!\n" }'
       unshare -U sleep 30 & until test $(readlink /proc/$!/ns/user) != $(readlink /proc/self/ns/user); do :; done
       for id in ${ids.join(' ')}; do newuidmap $! 0 $id 1 2>/dev/null && echo "map $id"
         (echo "0 $id 1" > /proc/$!/uid_map) 2>/dev/null && echo "map $id"; done; kill $!; echo tried`,
      );
      expect(output).toBe('tried');
      const [low, high] = [firstHostId(lab.init), firstHostId(lab.init) + 65_535];
      const users = lab.processes().flatMap((pid) => statusOf(pid, 'Uid').split(' ').map(Number));
      expect(users.filter((id) => id < low || id > high)).toEqual([]);
    },
  );

  test('[L2] no group of the lab host is left in a process of the lab', async () => {
    const terminal = await openTerminal(lab.client);
    const since = terminal.type('echo "<$$>"\n');
    const [, pid] = await terminal.waitForOutput(/^<(\d+)>/m, { since });
    const shell = lab.hostPid(Number(pid));
    expect(statusOf(lab.init, 'Groups')).toBe('');
    expect(statusOf(shell, 'Groups')).toBe('');
    expect(statusOf(shell, 'Uid').split(' ')[0]).toBe(String(firstHostId(lab.init) + 1000));
    terminal.hangUp();
  });

  test('[L2] student is no root, and becomes root of the lab by sudo alone', async () => {
    expect((await lab.run('id -u; cat /etc/shadow 2>&1')).output).toMatch(/^1000\n.*denied$/);
    expect((await lab.sudo('id -u; head -c 4 /etc/shadow')).output).toBe('0\nroot');
  });
});

describe('[L12] network', () => {
  test('[L12] a lab has one interface, its own loopback, and no route', async () => {
    const { output } = await lab.sudo(
      'ip -o link | cut -d: -f2; ip route | wc -l; ip -6 route | grep -vc lo',
    );
    expect(output.replaceAll(' ', '')).toBe('lo\n0\n0');
  });

  test('[L12] interfaces and rules that root makes stay in the lab', async () => {
    const before = readFileSync('/proc/net/dev', 'utf8').split('\n').length;
    await lab.sudo('ip link add v0 type veth peer name v1; nft add table ip kept');
    expect(readFileSync('/proc/net/dev', 'utf8').split('\n')).toHaveLength(before);
    expect((await neighbour.sudo('ip -o link | wc -l; nft list ruleset | wc -l')).output).toBe(
      '1\n0',
    );
  });
});
