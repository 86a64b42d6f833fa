// Each kind of fact of a snapshot beside what an ordinary tool says of the same processes inside the lab. What
// observation.test.ts holds against the tools already is not repeated. [L11]
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type {
  ObservedMount,
  ObservedProcess,
  Propagation,
  Snapshot,
} from '../../server/protocol/snapshot.ts';
import { propagations } from '../../server/protocol/snapshot.ts';
import { observe } from './keeper-door.ts';
import { KernelHouse } from './kernel-house.ts';
import { until } from './kernel-view.ts';
import type { LearnerLab } from './learner-lab.ts';

let house: KernelHouse;
let lab: LearnerLab;
/** A lab with a scene that does not move, as of one look. */
let snapshot: Snapshot;

const quietly = '</dev/null >/dev/null 2>&1 &';
/** Of each kind one, below /mnt. */
const propagating = `cd /mnt; mkdir shared slave both unbindable;
  mount --bind shared shared; mount --make-shared shared;
  mount --bind shared slave; mount --make-slave slave;
  mount --bind shared both; mount --make-slave both; mount --make-shared both;
  mount --bind unbindable unbindable; mount --make-unbindable unbindable; cd /`;
/** Each by the number of seconds that it sleeps. */
const scene = [
  `(exec -a 'odd) (name' sleep 3001 ${quietly})`,
  `(sudo unshare -Cimnpuf --mount-proc sh -c 'mount -t tmpfs -o noexec none /mnt; ${propagating}; mount --make-shared /mnt; sleep 3002; true' ${quietly})`,
  `(unshare -Ur sleep 3003 ${quietly})`,
  `(sudo capsh --drop=cap_net_raw,cap_sys_admin -- -c 'exec sleep 3004' ${quietly})`,
  `(setpriv --no-new-privs sleep 3005 ${quietly})`,
  `(sudo setpriv --reuid 1000 --inh-caps +net_raw,+kill --ambient-caps +net_raw sleep 3006 ${quietly})`,
  `(sudo unshare -m sh -c 'umount -R /proc; exec sleep 3011' ${quietly})`,
  `(unshare -U sleep 3010 ${quietly})`,
  `(bash -c 'kill -STOP $$; exec sleep 3007' ${quietly})`,
  `(cd /usr/share && sudo -u nobody sleep 3008 ${quietly})`,
];
const isOfScene = ({ command }: ObservedProcess): boolean => /\b300\d\b/.test(command.join(' '));

beforeAll(async () => {
  house = await KernelHouse.open();
  lab = await house.enter();
  await lab.run(scene.join('\n'));
  snapshot = await until('a scene that rests', async () => {
    const seen = await look();
    const sleepers = seen.processes.filter(({ name }) => name === 'sleep');
    const states = sleepers.map(({ state }) => state).join('');
    const isStopped = seen.processes.some(({ state }) => state === 'T');
    // Facts that took long are used again for longer, where a look takes seconds.
    const areFresh = seen.processes.every((one) =>
      namesOf(one).every((name) => isKnown(seen, name)),
    );
    return isStopped && states === 'SSSSSSSSS' && areFresh && seen;
  });
});

afterAll(() => house.close());

const look = () => observe(house.stateDir, lab.name, { drawn: true });

const namesOf = ({ namespaces }: ObservedProcess): string[] =>
  Object.entries(namespaces ?? {}).map((entry) => entry.join(' '));

function isKnown({ lab: own, namespaces }: Snapshot, name: string): boolean {
  const isOwn = Object.entries(own.namespaces).some((entry) => entry.join(' ') === name);
  return isOwn || namespaces.some(({ kind, id }) => `${kind} ${id}` === name);
}

/** The words of each line. */
async function table(script: string): Promise<string[][]> {
  const { output, code } = await lab.sudo(script);
  expect({ code, output }).toMatchObject({ code: 0 });
  return output.split('\n').map((line) => line.trim().split(/\s+/));
}

function sleeper(seconds: number): ObservedProcess {
  const found = snapshot.processes.find(
    ({ name, command }) => name === 'sleep' && command.at(-1) === String(seconds),
  );
  if (found === undefined) throw new Error(`nobody sleeps ${seconds} seconds`);
  return found;
}

describe('[L11] facts and tools', () => {
  test('ps: number, parent, both users, state, name, arguments, terminal and begin of every process', async () => {
    const lines = await table(
      'ps -eo pid=,ppid=,ruid=,euid=,stat=,tty=,comm= -ww; echo; ps -eo pid=,args= -ww',
    );
    const end = lines.findIndex(([word]) => word === '');
    const commands = new Map(lines.slice(end + 1).map(([pid, ...rest]) => [pid, rest.join(' ')]));
    const told = new Set<number>();
    for (const [pid, parent, real, effective, state = '', tty, ...name] of lines.slice(0, end)) {
      const seen = snapshot.processes.find((one) => one.pid === Number(pid));
      // ps itself, and those who started it.
      if (seen === undefined) continue;
      told.add(seen.pid);
      expect(
        {
          parent: seen.parent,
          user: seen.user,
          state: seen.state,
          terminal: seen.terminal === null ? '?' : `pts/${seen.terminal}`,
          name: seen.name,
          command: beginOf(seen.command.join(' ')),
        },
        `process ${pid}`,
      ).toEqual({
        parent: Number(parent),
        user: { real: Number(real), effective: Number(effective), inside: seen.user.inside },
        state: state.charAt(0),
        terminal: tty,
        name: name.join(' '),
        command: beginOf(commands.get(pid ?? '') ?? ''),
      });
    }
    const ofScene = snapshot.processes.filter(isOfScene).map(({ pid }) => pid);
    expect(ofScene.length).toBeGreaterThan(9);
    expect(ofScene.filter((pid) => !told.has(pid))).toEqual([]);
  });

  test('/proc: program, working directory, root, begin, and number in each PID namespace', async () => {
    for (const seconds of [3001, 3002, 3004, 3008]) {
      const seen = sleeper(seconds);
      const [exe, cwd, root, inode, start, numbers] = await table(
        `cd /proc/${seen.pid}; readlink exe cwd root; stat -Lc %i cwd; cut -d' ' -f22 <<< "$(sed 's/(.*)/x/' stat)"; grep NSpid status`,
      );
      expect([seen.executable]).toEqual(exe);
      expect([seen.workingDirectory?.path]).toEqual(cwd);
      expect([seen.root?.path]).toEqual(root);
      expect([seen.workingDirectory?.inode]).toEqual(inode);
      expect([String(seen.startTime)]).toEqual(start);
      expect(seen.pids.map(String)).toEqual(numbers?.slice(1));
    }
    expect(sleeper(3002).pids).toHaveLength(2);
  });

  test('id and ps inside a user namespace: who a process is in there, and the lab’s number outside', async () => {
    for (const [seconds, inside] of [
      [3003, 0],
      [3010, 65_534],
    ] as const) {
      const { pid, user } = sleeper(seconds);
      expect(user).toEqual({
        real: 1000,
        effective: 1000,
        inside: { real: inside, effective: inside },
      });
      const enter = `nsenter --preserve-credentials -U -t ${pid}`;
      const { output } = await lab.run(`${enter} sh -c 'id -u; ps -o ruid=,euid= -p ${pid}'`);
      expect(output.trim().split(/\s+/)).toEqual(Array(3).fill(String(inside)));
    }
    const elsewhere = snapshot.processes.filter(({ user }) => user.inside !== null);
    expect(elsewhere.map(({ command }) => command.at(-1))).toEqual(['3003', '3010']);
  });

  test('/proc under a root: whose processes it shows, and none where it was unmounted', async () => {
    expect(sleeper(3001).procNamespace).toBe(snapshot.lab.namespaces.pid);
    const inside = sleeper(3002);
    expect(inside.procNamespace).toBe(inside.namespaces?.pid);
    expect(sleeper(3011).procNamespace).toBeNull();
    const [[shown] = []] = await table(`nsenter -m -t ${sleeper(3011).pid} ls -A /proc | wc -l`);
    expect(shown).toBe('0');
  });

  test('lsns: every namespace with its kind, number of processes, eldest, owner and parent', async () => {
    const lines = await table('lsns -nro NS,TYPE,NPROCS,PID,ONS,PNS');
    const own = new Set(Object.values(snapshot.lab.namespaces));
    const others = lines.filter(([id = '']) => !own.has(id));
    const kinds = new Set(others.map(([, kind]) => kind));
    expect(kinds).toEqual(new Set(['cgroup', 'ipc', 'mnt', 'net', 'pid', 'user', 'uts']));
    for (const [id = '', kind = '', count, eldest, owner, parent] of others) {
      const members = snapshot.processes.filter(({ namespaces }) =>
        Object.entries(namespaces ?? {}).some((entry) => entry.join() === `${kind},${id}`),
      );
      expect([members.length, Math.min(...members.map(({ pid }) => pid))], `${kind} ${id}`).toEqual(
        [Number(count), Number(eldest)],
      );
      const fact = snapshot.namespaces.find((one) => one.kind === kind && one.id === id);
      expect(fact).toEqual({
        kind,
        id,
        owner,
        parent: ['pid', 'user'].includes(kind) ? parent : null,
        keepers: [],
      });
    }
    expect(snapshot.namespaces).toHaveLength(others.length);
    for (const [kind, id] of Object.entries(snapshot.lab.namespaces)) {
      expect(lines.some((words) => words[0] === id && words[1] === kind)).toBe(true);
    }
  });

  test('findmnt: every mount of the lab and of a mount namespace, with its options and propagation', async () => {
    for (const pid of [1, sleeper(3002).pid]) {
      const lines = await table(
        `findmnt -N ${pid} -rnvo ID,PARENT,TARGET,FSTYPE,SOURCE,FSROOT,PROPAGATION,VFS-OPTIONS`,
      );
      const seen = snapshot.processes.find((one) => one.pid === pid);
      const mounts = snapshot.mounts[seen?.namespaces?.mnt ?? ''] ?? [];
      expect(mounts.map(wordsOf).toSorted(byFirst)).toEqual(lines.toSorted(byFirst));
    }
    const own = snapshot.mounts[sleeper(3002).namespaces?.mnt ?? ''] ?? [];
    expect(new Set(own.map(({ propagation }) => propagation))).toEqual(new Set(propagations));
    const at = (target: string) => own.find((mount) => mount.target === `/mnt/${target}`);
    const { peerGroup } = at('shared') ?? {};
    expect(at('slave')).toMatchObject({ peerGroup: null, master: peerGroup });
    expect(at('both')).toMatchObject({ master: peerGroup });
    expect(at('both')?.peerGroup).not.toBe(peerGroup);
  });

  test('getpcaps and capsh: the capabilities of root, of root without some, of student and in a user namespace', async () => {
    const [[, all = ''] = []] = await table("capsh --decode=1ffffffffff | tr = ' '");
    const every = all.split(',');
    expect(every).toHaveLength(41);
    const expected = { 3002: 41, 3003: 41, 3004: 39, 3001: 0 };
    for (const [seconds, count] of Object.entries(expected)) {
      const { pid, capabilities } = sleeper(Number(seconds));
      const [[, ...clauses] = []] = await table(`getpcaps ${pid}`);
      const [[, decoded = ''] = []] = await table(
        `capsh --decode=${capabilities.effective} | sed 's/=/ /'`,
      );
      const effective = decoded.split(',').filter(Boolean);
      expect(effective).toHaveLength(count);
      expect(new Set(effective)).toEqual(effectiveIn(clauses, every));
    }
  });

  test('/proc/PID/status: all five sets of capabilities, and what getpcaps makes of an ambient one', async () => {
    for (const seconds of [3001, 3002, 3003, 3004, 3006]) {
      const { pid, capabilities } = sleeper(seconds);
      const lines = await table(`grep ^Cap /proc/${pid}/status`);
      const said = new Map(lines.map(([field, mask]) => [field, mask]));
      expect(capabilities).toEqual({
        effective: said.get('CapEff:'),
        permitted: said.get('CapPrm:'),
        inheritable: said.get('CapInh:'),
        ambient: said.get('CapAmb:'),
        bounding: said.get('CapBnd:'),
      });
    }
    const { pid, user, capabilities } = sleeper(3006);
    expect(user.effective).toBe(1000);
    expect([capabilities.ambient, capabilities.effective]).toEqual(
      Array(2).fill('0000000000002000'),
    );
    expect(capabilities.inheritable).toBe('0000000000002020');
    const [words] = await table(`getpcaps ${pid}`);
    expect(words?.slice(1)).toEqual(['cap_net_raw=eip', 'cap_kill+i']);
  });

  test('/proc/PID/status: system call filter and no_new_privs', async () => {
    const strict = new Map<number, boolean>();
    for (const seen of [1, sleeper(3001).pid, sleeper(3005).pid].map((pid) =>
      snapshot.processes.find((one) => one.pid === pid),
    )) {
      const lines = await table(`grep -E '^(Seccomp|NoNewPrivs):' /proc/${seen?.pid}/status`);
      const said = new Map(lines.map(([field, value]) => [field, value]));
      expect(seen?.seccomp).toBe(Number(said.get('Seccomp:')));
      expect(seen?.noNewPrivileges).toBe(said.get('NoNewPrivs:') === '1');
      strict.set(seen?.pid ?? 0, seen?.noNewPrivileges ?? false);
    }
    expect([...strict.values()]).toEqual([false, false, true]);
  });
});

/** Long arguments are cut, and a line has no line breaks. */
const beginOf = (command: string): string => command.replaceAll(/\s+/g, ' ').slice(0, 200);

const byFirst = ([a]: string[], [b]: string[]): number => Number(a) - Number(b);

const propagationWords: Record<Propagation, string> = {
  private: 'private',
  shared: 'shared',
  slave: 'private,slave',
  'shared-slave': 'shared,slave',
  unbindable: 'private,unbindable',
};

/** A mount as findmnt writes it. */
function wordsOf(mount: ObservedMount): string[] {
  const { id, parent, target, type, source, root, options, propagation } = mount;
  const said = propagationWords[propagation];
  return [String(id), String(parent), target, type, source, root, said, options.join(',')];
}

/** The effective ones of cap_text_formats(7): clauses that set, add to or take from what the ones before made. */
function effectiveIn(clauses: readonly string[], every: readonly string[]): Set<string> {
  const effective = new Set<string>();
  for (const clause of clauses) {
    const [, names = '', operator, flags = ''] = /^([a-z_,]*)([=+-])([eip]*)$/.exec(clause) ?? [];
    for (const name of names === '' || names === 'all' ? every : names.split(',')) {
      if (operator === '=') effective.delete(name);
      if (!flags.includes('e')) continue;
      if (operator === '-') effective.delete(name);
      else effective.add(name);
    }
  }
  return effective;
}
