// Holds what keeper observes against what the lab's own tools and the lab host's /proc say. Judges no step.
import { statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ObservedProcess, Snapshot } from '../../server/protocol/snapshot.ts';
import { readConfig } from '../../server/foundation/config.ts';
import { KernelHouse } from './kernel-house.ts';
import { observe } from './keeper-door.ts';
import { kinds, statusOf, until } from './kernel-view.ts';
import type { LearnerLab } from './learner-lab.ts';

let house: KernelHouse;
let lab: LearnerLab;
let neighbour: LearnerLab;

beforeAll(async () => {
  house = await KernelHouse.open();
  [lab, neighbour] = await Promise.all([house.enter(), house.enter()]);
  await lab.run('true');
  await neighbour.run('true');
});

afterAll(() => house.close());

const look = (paths: string[] = []) => observe(house.stateDir, lab.name, { paths });

function find(snapshot: Snapshot, fits: (process: ObservedProcess) => boolean): ObservedProcess {
  const found = snapshot.processes.find(fits);
  if (found === undefined) throw new Error('no such process in the snapshot');
  return found;
}

describe('[L11] observation', () => {
  test('[L11] processes are those that ps shows, with the same parents, names, states, users and terminals', async () => {
    await lab.run('(sleep 1001 & exec -a "odd) name" sleep 1002 &) </dev/null >/dev/null 2>&1');
    const { output } = await lab.run(
      'ps -eo pid=,ppid=,stat=,uid=,tty=,comm= | grep -v -e ps$ -e grep$',
    );
    const snapshot = await look();
    for (const line of output.split('\n')) {
      const [pid, parent, state = '', user, tty, ...name] = line.trim().split(/\s+/);
      // The shell that ran ps has ended since.
      if (!['bash', 'sleep', 'init'].includes(name.join(' ')) || state.includes('R')) continue;
      const seen = snapshot.processes.find((process) => process.pid === Number(pid));
      // As ps leaves out who ran just then: bash may run at this moment.
      if (seen === undefined || seen.state === 'R') continue;
      expect(seen).toMatchObject({
        parent: Number(parent),
        name: name.join(' '),
        state: state.charAt(0),
      });
      expect(seen.user.real).toBe(Number(user));
      expect(seen.terminal === null ? '?' : `pts/${seen.terminal}`).toBe(tty);
    }
    expect(snapshot.processes.filter(({ name }) => name === 'sleep')).toHaveLength(2);
    expect(find(snapshot, ({ command }) => command[0] === 'odd) name').command).toEqual([
      'odd) name',
      '1002',
    ]);
    expect(snapshot.truncated).toBe(false);
    await lab.run('pkill sleep');
  });

  test('[L11] PID 1, namespaces, root and mounts are what readlink, stat and findmnt say inside', async () => {
    const { output } = await lab.sudo(
      'for n in /proc/1/ns/*; do readlink $n; done; stat -c %i /; findmnt -rno TARGET',
    );
    const lines = output.split('\n');
    const snapshot = await look();
    const first = find(snapshot, ({ pid }) => pid === 1);
    for (const kind of kinds) {
      expect(lines).toContain(`${kind}:[${snapshot.lab.namespaces[kind]}]`);
      expect(first.namespaces?.[kind]).toBe(snapshot.lab.namespaces[kind]);
    }
    expect(snapshot.lab.root.path).toBe('/');
    expect(lines).toContain(snapshot.lab.root.inode);
    const mounts = snapshot.mounts[snapshot.lab.namespaces.mnt] ?? [];
    expect(mounts.map(({ target }) => target).toSorted()).toEqual(
      lines.filter((line) => line.startsWith('/')).toSorted(),
    );
  });

  test('[L11] a container has two PIDs, its namespaces, its root and its /proc, as lsns and stat say', async () => {
    await lab.run('mkdir -p r && tar -xf /var/lib/lab/*.tar* -C r 2>/dev/null; true');
    await lab.run(
      `(sudo unshare -pf --mount-proc=r/proc chroot r sleep 1003 </dev/null >/dev/null 2>&1 &); until pgrep -fx 'sleep 1003'; do sleep 0.05; done`,
    );
    const pid = Number((await lab.run('pgrep -fx "sleep 1003"')).output);
    const { output } = await lab.sudo(
      `readlink /proc/${pid}/ns/pid /proc/${pid}/ns/mnt; stat -Lc %i /proc/${pid}/root; stat -c %i /home/student/r`,
    );
    const [pidNamespace, mountNamespace, root, directory] = output.split('\n');
    const snapshot = await look();
    const seen = find(snapshot, (process) => process.pid === pid);
    expect(seen.pids).toEqual([pid, 1]);
    expect(`pid:[${seen.namespaces?.pid}]`).toBe(pidNamespace);
    expect(`mnt:[${seen.namespaces?.mnt}]`).toBe(mountNamespace);
    expect(`pid:[${seen.procNamespace}]`).toBe(pidNamespace);
    expect(seen.root?.inode).toBe(root);
    expect(root).toBe(directory);
    expect(seen.namespaces?.net).toBe(snapshot.lab.namespaces.net);
    const mounts = snapshot.mounts[seen.namespaces?.mnt ?? ''] ?? [];
    expect(mounts.some(({ type, target }) => type === 'proc' && target.endsWith('/proc'))).toBe(
      true,
    );
    const unshare = find(snapshot, ({ name }) => name === 'unshare');
    expect(`pid:[${unshare.childPidNamespace}]`).toBe(pidNamespace);
    await lab.sudo(`kill -9 ${pid}`);
  });

  test('[L11] cgroups have the limits and use that their files say inside', async () => {
    const { output } = await lab.sudo(
      [
        'd=/sys/fs/cgroup/pids; [ -d $d ] || d=/sys/fs/cgroup',
        '[ -d /sys/fs/cgroup/pids ] || echo +pids > $d/cgroup.subtree_control',
        'mkdir $d/box; echo 20 > $d/box/pids.max',
        'sleep 1006 </dev/null >/dev/null 2>&1 & echo $! > $d/box/cgroup.procs',
        'until [ "$(cat $d/box/pids.current)" = 1 ]; do sleep 0.05; done',
        'cat $d/box/pids.current $d/box/pids.max',
      ].join('\n'),
    );
    const { groups } = await look();
    const box = groups.find(({ path }) => path === '/box');
    expect([box?.processes?.used, box?.processes?.limit].join('\n')).toBe(output);
    const [whole] = groups;
    const limits = readConfig().limits;
    expect(whole).toMatchObject({
      path: '/',
      processes: { limit: limits.pids },
      processor: { cores: limits.cpuPercent / 100 },
    });
    expect(whole?.memory?.limit).toBe(limits.memoryBytes);
    expect(whole?.memory?.used).toBeGreaterThan(100_000);
    await lab.run('sudo pkill -f "sleep 1006"');
  });

  test('[L11] an overlay has the layers that findmnt says, and those of the lab itself are nowhere', async () => {
    const mounted = await lab.sudo(
      [
        'd=/run/layers; mkdir $d; mount -t tmpfs tmpfs $d; cd $d',
        'mkdir "lower a" lower,b upper work merged',
        'mount -t overlay overlay -o "lowerdir=lower a:/run/layers/lower\\\\,b,upperdir=/run/layers/upper,workdir=/run/layers/work" merged',
        'findmnt -no OPTIONS /run/layers/merged',
      ].join('\n'),
    );
    const snapshot = await look();
    const mounts = snapshot.mounts[snapshot.lab.namespaces.mnt] ?? [];
    const merged = mounts.find(({ target }) => target === '/run/layers/merged');
    expect(merged?.layers).toEqual({
      lower: ['lower a', '/run/layers/lower,b'],
      upper: '/run/layers/upper',
      work: '/run/layers/work',
    });
    expect(mounted.output).toContain(`upperdir=${merged?.layers?.upper}`);
    expect(mounts.find(({ target }) => target === '/')).toMatchObject({
      type: 'overlay',
      layers: null,
    });
    await lab.sudo('umount -R /run/layers; rmdir /run/layers');
  });

  test('[L11] capabilities, seccomp and no_new_privs are those of /proc/PID/status', async () => {
    await lab.run(
      '(setpriv --no-new-privs sleep 1004 &) </dev/null >/dev/null 2>&1; until pgrep -fx "sleep 1004"; do sleep 0.05; done',
    );
    const seen = find(await look(), ({ command }) => command.join(' ') === 'sleep 1004');
    const host = lab.hostPid(seen.pid);
    expect(seen.noNewPrivileges).toBe(true);
    expect(seen.seccomp).toBe(Number(statusOf(host, 'Seccomp')));
    expect(seen.capabilities).toEqual({
      effective: statusOf(host, 'CapEff'),
      permitted: statusOf(host, 'CapPrm'),
      inheritable: statusOf(host, 'CapInh'),
      ambient: statusOf(host, 'CapAmb'),
      bounding: statusOf(host, 'CapBnd'),
    });
    await lab.run('pkill sleep');
  });

  /** Two that end while they are watched, and what is told of their ends. */
  async function watchTwoEnd(): Promise<{ waiting: ObservedProcess[]; exits: Snapshot['exits'] }> {
    // Each waits for a line, so that it is alive when it is looked at.
    await lab.run(`mkfifo one two; for w in one:3 two:9; do
      (sh -c 'read x < $0; test $1 = 9 && kill -9 $$; exit 3' \${w%:*} \${w#*:} &) </dev/null >/dev/null 2>&1; done`);
    const waiting = await until('both are seen', async () => {
      const found = (await look()).processes.filter(({ command }) =>
        ['one', 'two'].includes(command[3] ?? ''),
      );
      return found.length === 2 && found;
    });
    await lab.run('echo > one; echo > two; while pgrep -x sh; do sleep 0.02; done; rm one two');
    // The kernel unlists a process before it reports its end: that may be told one look later.
    return { waiting, exits: [...(await look()).exits, ...(await look()).exits] };
  }

  test('[L11] a program that is renamed or removed shows, though whoever runs it sleeps', async () => {
    const running = (line: string) =>
      until(`${line} runs`, async () =>
        (await look()).processes.find(({ command }) => command.join(' ') === line),
      );
    await lab.run('cp /usr/bin/sleep before; (nohup ./before 1005 &) </dev/null >/dev/null 2>&1');
    const first = await running('./before 1005');
    expect(first.executable).toBe('/home/student/before');
    await lab.run('mv before after');
    expect(await running('./before 1005')).toMatchObject({
      executable: '/home/student/after',
      startTime: first.startTime,
    });
    await lab.run('rm after');
    expect((await running('./before 1005')).executable).toBe('/home/student/after (deleted)');
    await lab.run('pkill before');
  });

  test('[L11] how a process ended is known, by code or by signal, for whoever was seen alive', async () => {
    // link looks at the lab too: when it was first, it was told of an end, and nobody else is.
    const { waiting, exits } = await until('both ends are told', async () => {
      const watched = await watchTwoEnd();
      const told = new Set(watched.exits.map(({ pid }) => pid));
      return watched.waiting.every(({ pid }) => told.has(pid)) && watched;
    });
    for (const { pid, startTime, command } of waiting) {
      const end =
        command[3] === 'one'
          ? { code: 3, signal: null, sender: null }
          : { code: null, signal: 9, sender: 'process' };
      expect(exits).toContainEqual({ pid, startTime, ...end });
    }
    expect((await look()).exits).not.toContainEqual(
      expect.objectContaining({ pid: waiting[0]?.pid }),
    );
  });

  test('[L11] [A63] links and FIFOs of a learner are told, never followed and never opened', async () => {
    await lab.sudo(
      `cd /home/student; ln -s /etc/shadow link; ln -s / rootlink; mkfifo fifo; ln -s /proc/1/root magic; ln -s /dev/zero endless; mkdir plain; echo 12345 > plain/file; chown 1000 plain/file; ln -s link2 link1; ln -s link1 link2; ln -sf ../../../../../../../../etc/passwd dots`,
    );
    const home = '/home/student';
    const names = [
      'link',
      'rootlink/etc/passwd',
      'fifo',
      'magic/etc/passwd',
      'endless',
      'plain',
      'plain/file',
      'link1',
      'dots',
      'none',
    ];
    const { files } = await look(names.map((name) => `${home}/${name}`));
    const kindOf = (name: string) => files[`${home}/${name}`]?.kind;
    expect(names.map(kindOf)).toEqual([
      'symlink',
      'absent',
      'other',
      'absent',
      'symlink',
      'directory',
      'file',
      'symlink',
      'symlink',
      'absent',
    ]);
    expect(files[`${home}/plain/file`]).toMatchObject({ size: 6, user: 1000, mode: 0o644 });
  });

  test('[L11] [A63] a path cannot leave the lab, by dots or through /proc', async () => {
    const canary = house.stateDir;
    expect(statSync(canary).isDirectory()).toBe(true);
    const paths = [
      canary,
      `/../../../..${canary}`,
      `/proc/1/root${canary}`,
      '/proc/self/cwd',
      `/proc/1/cwd/../..${canary}`,
    ];
    const { files } = await look(paths);
    for (const path of paths)
      expect(['absent', 'symlink'], `path ${path}`).toContain(files[path]?.kind);
    const { output } = await lab.run('stat -c %i /etc/passwd');
    const dotted = '/../../../etc/passwd';
    expect((await look([dotted])).files[dotted]?.inode).toBe(output);
  });

  test('[L11] a neighbour never appears: neither processes nor mounts nor namespaces', async () => {
    await neighbour.run('(sleep 1005 &) </dev/null >/dev/null 2>&1');
    const theirs = await until('the neighbour’s process runs', async () => {
      const one = await observe(house.stateDir, neighbour.name);
      const isThere = one.processes.some(({ command }) => command.join(' ') === 'sleep 1005');
      return isThere && one;
    });
    const snapshot = await look();
    const commands = snapshot.processes.map(({ command }) => command.join(' '));
    expect(commands).not.toContain('sleep 1005');
    const own = new Set(snapshot.processes.map(({ namespaces }) => namespaces?.pid));
    expect(own.has(theirs.lab.namespaces.pid)).toBe(false);
    expect(Object.keys(snapshot.mounts)).not.toContain(theirs.lab.namespaces.mnt);
    await neighbour.run('pkill sleep');
  });

  test('[L11] no host PID, host user or host path is in a snapshot', async () => {
    const snapshot = await look(['/etc/passwd']);
    const text = JSON.stringify({ ...snapshot, lab: undefined });
    expect(text).not.toContain(String(Number(statusOf(lab.init, 'Uid').split(' ')[0])));
    expect(text).not.toContain('coulisse');
    const numbers = snapshot.processes.flatMap(({ pid, pids, parent }) =>
      [pid, parent].concat(pids),
    );
    expect(numbers).not.toContain(lab.init);
  });
});
