// Makes labs hard to take apart and wants each gone, whole, soon; and the ways a lab ends while the house
// goes on: reset, idleness, the death of PID 1.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { patient } from '../support/patience.ts';
import { KernelHouse } from './kernel-house.ts';
import { hierarchies, readOf, statusOf, until } from './kernel-view.ts';
import { everybody, openTerminal, type LearnerLab } from './learner-lab.ts';

let house: KernelHouse;

beforeAll(async () => {
  house = await KernelHouse.open();
});

afterAll(() => house.close());

/** Resets the lab; what is left of it then, when the kernel has had its time. */
async function destroy(lab: LearnerLab): Promise<string[]> {
  lab.client.send({ type: 'reset' });
  await lab.client.closed;
  await until('nothing of it left', () => house.remainsOfLabs().length === 0).catch(
    () => undefined,
  );
  return house.remainsOfLabs();
}

const isStopped = (pid: number) => /^State:\s+T/m.test(readOf(pid, 'status') ?? '');

describe('[L14] destroying', () => {
  test('[L14] reset gives the same learner a fresh lab', async () => {
    const lab = await house.enter();
    await lab.run('echo kept > ~/file');
    expect(await destroy(lab)).toEqual([]);
    const fresh = await house.enter(lab.learner);
    expect(fresh.name).toBe(lab.name);
    expect(fresh.client.welcome.created).toBe(true);
    expect((await fresh.run('ls ~/file 2>&1')).output).toContain('No such file');
    expect(await destroy(fresh)).toEqual([]);
  });

  test('[L14] a lab with a fork bomb in it goes', async () => {
    const lab = await house.enter();
    const terminal = await lab.client.open();
    await terminal.waitForOutput(/\$ $/);
    terminal.type(':(){ :|:& };:\n');
    await until('it is full', () => lab.processes().length > 300);
    expect(await destroy(lab)).toEqual([]);
  });

  test('[L14] a lab with stopped, traced, deaf and orphaned processes goes', async () => {
    const lab = await house.enter();
    await lab.run(`( for i in 1 2 3; do sleep 4000 & done; kill -STOP $!
      sh -c 'trap "" HUP INT TERM; while :; do sleep 1; done' & strace -o /dev/null sleep 4001 &
      setsid sleep 4002 & unshare -Urpf sleep 4003 & ) </dev/null >/dev/null 2>&1`);
    await until('one is stopped', () =>
      lab.processes().some((pid) => statusOf(pid, 'State').startsWith('T')),
    );
    expect(await destroy(lab)).toEqual([]);
  });

  test.for(everybody)('[L14] a lab in which %s stopped all that it may goes', async (by) => {
    const lab = await house.enter();
    const other = await openTerminal(lab.client);
    const stopping = await openTerminal(lab.client);
    stopping.type(by === 'root' ? 'sudo -n kill -STOP -- -1\n' : 'kill -STOP -1\n');
    await until(
      'shells are stopped',
      () => lab.processes().filter((pid) => isStopped(pid)).length > 0,
    );
    other.type('echo unheard\n');
    expect(await destroy(lab)).toEqual([]);
  });

  test('[L14] [A72] student may freeze nothing', async () => {
    const lab = await house.enter();
    const { output } = await lab.run(`for group in /sys/fs/cgroup /sys/fs/cgroup/*/; do
        (mkdir $group/cold; echo 1 > $group/cgroup.freeze; echo FROZEN > $group/freezer.state) 2>/dev/null && echo frozen
        test -d $group/cold && echo made; done; echo tried`);
    expect(output).toBe('tried');
    expect(await destroy(lab)).toEqual([]);
  });

  test.each(
    hierarchies.map(({ version }) => version).filter((one, at, all) => all.indexOf(one) === at),
  )('[L14] [A72] a lab whose root has frozen processes by cgroup v%i goes', async (version) => {
    const lab = await house.enter();
    const freeze =
      version === 1
        ? `cd /sys/fs/cgroup/freezer; mkdir cold; cd cold; state() { echo FROZEN > freezer.state; }
             isFrozen() { grep -q FROZEN freezer.state; }`
        : `cd $(findmnt -nro TARGET -t cgroup2 | tail -1); mkdir cold; cd cold
             state() { echo 1 > cgroup.freeze; }; isFrozen() { grep -q 'frozen 1' cgroup.events; }`;
    const { output } = await lab.sudo(`${freeze}
        setsid sleep 4005 </dev/null >/dev/null 2>&1 & echo $! > cgroup.procs; state
        until isFrozen; do sleep 0.02; done; echo frozen`);
    expect(output).toBe('frozen');
    expect(await destroy(lab)).toEqual([]);
  });

  test('[L14] [A66] a lab with hundreds of mounts, cyclic binds and namespaces of its own goes', async () => {
    const lab = await house.enter();
    await lab.sudo(`cd /mnt; for i in $(seq 200); do mkdir -p m$i; mount -t tmpfs tmpfs m$i; done
      mkdir -p /mnt/loop; mount --rbind /mnt /mnt/loop; mount --make-rshared /mnt
      for i in 1 2 3 4 5; do ip netns add n$i; done; mkdir -p /sys/fs/cgroup/pids/a/b/c
      (setsid unshare -m sleep 4006 & setsid unshare -mpf --mount-proc sleep 4007 &) </dev/null >/dev/null 2>&1`);
    expect(await destroy(lab)).toEqual([]);
  });

  test('[L14] [A65] a lab with tens of thousands of files, deep directories and a huge sparse file goes', async () => {
    const lab = await house.enter();
    await lab.run(
      `perl -e 'for my $d (1..30) { mkdir "d$d"; for (1..1000) { open F, ">", "d$d/$_"; close F } }
        for (1..500) { mkdir "deep"; chdir "deep" }'; truncate -s 4T ~/sparse; ln -s . ~/cycle`,
      60_000,
    );
    expect(await destroy(lab)).toEqual([]);
  });

  test('[L14] [A71] a lab whose PID 1 is killed from outside is noticed, told and removed', async () => {
    const lab = await house.enter();
    process.kill(lab.init, 'SIGKILL');
    expect((await lab.client.closed).code).toBe(4410);
    await expect.poll(() => house.remainsOfLabs(), { timeout: patient(20_000) }).toEqual([]);
  });

  test.for(everybody)('[L14] [A70] what %s left running does not outlive the lab', async (by) => {
    const lab = await house.enter();
    await lab.runAs(
      by,
      '(setsid sh -c "while :; do sleep 1; done" & disown -a) </dev/null >/dev/null 2>&1',
    );
    const pids = lab.processes();
    // PID 1, the terminal, the loop and its sleep, save between two sleeps.
    expect(pids.length).toBeGreaterThanOrEqual(3);
    expect(await destroy(lab)).toEqual([]);
    await until('all have ended', () => pids.every((pid) => readOf(pid, 'status') === undefined));
  });
});
