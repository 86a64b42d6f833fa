// Kills keeper, link and web by -9 under living labs, and wants each to come back and the labs, their
// terminals and what runs in them to live on. Knows no page.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LabTerminal } from '../support/lab-terminal.ts';
import { KernelHouse } from './kernel-house.ts';
import { observe } from './keeper-door.ts';
import { until } from './kernel-view.ts';
import { openTerminal, type LearnerLab } from './learner-lab.ts';

let house: KernelHouse;
let lab: LearnerLab;
let terminal: LabTerminal;
let init: number;

beforeAll(async () => {
  // On PORT=0: web must come back where the kernel first put it.
  house = await KernelHouse.open();
  lab = await house.enter();
  init = lab.init;
  terminal = await openTerminal(lab.client);
  const since = terminal.type('echo kept > ~/kept; kept=value; sleep 2000 & cd /tmp\n');
  await terminal.waitForOutput(/tmp\$ $/, { since });
});

afterAll(() => house.close());

type Child = 'keeper' | 'link' | 'web';

async function killAndAwait(name: Child): Promise<void> {
  await successorOf(name, kill(name));
}

/** Returns the number of the process that was killed. */
function kill(name: Child): number {
  const pid = house.house.pidOf(name);
  process.kill(pid, 'SIGKILL');
  return pid;
}

async function successorOf(name: Child, before: number): Promise<void> {
  await until(`${name} is back`, () => {
    try {
      return house.house.pidOf(name) !== before;
    } catch {
      return false;
    }
  });
}

/** The shell is the one from before: it has its variable, its directory and its job. */
async function expectSameShell(shell: LabTerminal): Promise<void> {
  const since = shell.type('echo "<$kept $PWD $(jobs -p | wc -l)>"\n');
  await shell.waitForOutput(/^<value \/tmp 1>/m, { since });
}

/** proc_pid_fdinfo(5): only a PTY's master has an index of its slave. */
function mastersOfMain(): number {
  const place = `/proc/${house.house.main.pid}/fdinfo`;
  const isMaster = (name: string) => {
    try {
      return readFileSync(join(place, name), 'utf8').includes('tty-index:');
    } catch {
      // It was closed meanwhile.
      return false;
    }
  };
  return readdirSync(place).filter(isMaster).length;
}

/** keeper answers again. */
const ready = () =>
  until('the house is ready', async () => {
    const answer = await fetch(`${house.house.url}/readyz`);
    return answer.ok ? answer : undefined;
  });

describe('[L14] restarts', () => {
  test('[L14] keeper killed by -9 comes back and adopts the living lab, whose terminal never stopped', async () => {
    await killAndAwait('keeper');
    await expectSameShell(terminal);
    const snapshot = await until('it observes', () =>
      observe(house.stateDir, lab.name).catch(() => undefined),
    );
    expect(snapshot.processes.some(({ command }) => command.join(' ') === 'sleep 2000')).toBe(true);
    expect(lab.init).toBe(init);
    await ready();
  });

  test('[L14] new terminals open in an adopted lab, clean of what the new keeper holds', async () => {
    const second = await until('a terminal', () => lab.client.open().catch(() => undefined));
    await second.waitForOutput(/\$ $/);
    const since = second.type('echo "<$$>"\n');
    const [, pid] = await second.waitForOutput(/^<(\d+)>/m, { since });
    expect(readdirSync(`/proc/${lab.hostPid(Number(pid))}/fd`).toSorted()).toEqual([
      '0',
      '1',
      '2',
      '255',
    ]);
    second.type('exit 5\n');
    expect(await second.exited()).toMatchObject({ code: 5 });
  });

  test('[L14] a terminal from before is resized while keeper is away, and hung up by the new one', async () => {
    const older = await openTerminal(lab.client);
    const keeper = kill('keeper');
    older.resize({ cols: 123, rows: 31 });
    const since = older.type('stty size\n');
    const [size] = await older.waitForOutput(/^\d+ \d+/m, { since });
    expect(size).toBe('31 123');
    await successorOf('keeper', keeper);
    await ready();
    older.hangUp();
    expect((await older.exited()).terminal).toBe(older.id);
  });

  test('[L14] a lab that gives its terminal an impossible size keeps nobody out when keeper comes back', async () => {
    const odd = await openTerminal(lab.client);
    const since = odd.type('stty rows 60000 cols 60000; echo do""ne\n');
    await odd.waitForOutput(/^done/m, { since });
    await killAndAwait('keeper');
    expect((await ready()).ok).toBe(true);
    odd.hangUp();
    expect((await odd.exited()).terminal).toBe(odd.id);
  });

  test('[L14] link killed by -9 comes back, and a page that returns finds lab, terminals and shell', async () => {
    await killAndAwait('link');
    await lab.client.closed;
    lab = await until('the page is back', () => house.enter(lab.learner).catch(() => undefined));
    expect(lab.client.welcome.created).toBe(false);
    expect(lab.client.welcome.terminals.map((state) => state.terminal)).toContain(terminal.id);
    expect(lab.init).toBe(init);
    terminal = await lab.client.attach(terminal.id);
    await expectSameShell(terminal);
  });

  test('[L14] web killed by -9 comes back, and the lab and its connection did not notice', async () => {
    await killAndAwait('web');
    await expectSameShell(terminal);
    await until('web answers', async () => {
      const answer = await fetch(`${house.house.url}/healthz`).catch(() => undefined);
      return answer?.ok;
    });
    const again = await house.enter(lab.learner);
    expect(again.name).toBe(lab.name);
    expect(again.client.welcome.created).toBe(false);
  });

  test('[L14] all three killed at once, twice, come back, and each shell and what it printed lives on', async () => {
    for (const marker of ['first', 'second']) {
      const since = terminal.type(`echo bef""ore-${marker}\n`);
      await terminal.waitForOutput(new RegExp(`^before-${marker}`, 'm'), { since });
      await Promise.all((['keeper', 'link', 'web'] as const).map(killAndAwait));
      lab = await until('the page is back', () => house.enter(lab.learner).catch(() => undefined));
      expect(lab.client.welcome.created).toBe(false);
      expect(lab.init).toBe(init);
      terminal = await lab.client.attach(terminal.id);
      await terminal.waitForOutput(new RegExp(`^before-${marker}`, 'm'));
      await expectSameShell(terminal);
    }
    terminal.resize({ cols: 91, rows: 29 });
    const since = terminal.type('stty size\n');
    await terminal.waitForOutput(/^29 91/m, { since });
  });

  test('[L14] main keeps the master of each terminal that lives, and of no other', async () => {
    const before = mastersOfMain();
    const another = await openTerminal(lab.client);
    await until('it is kept', () => mastersOfMain() === before + 1);
    another.type('exit\n');
    await another.exited();
    await until('it is let go', () => mastersOfMain() === before);
    expect(before).toBeGreaterThan(0);
  });

  test('[L14] a lab that dies while keeper is away is removed when keeper is back', async () => {
    const doomed = await house.enter();
    const pid = doomed.init;
    kill('keeper');
    process.kill(pid, 'SIGKILL');
    expect((await doomed.client.closed).code).toBe(4410);
    const fresh = await until('a fresh lab', () =>
      house.enter(doomed.learner).catch(() => undefined),
    );
    expect(fresh.client.welcome.created).toBe(true);
    expect(fresh.init).not.toBe(pid);
  });
});
