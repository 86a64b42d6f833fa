// Labs that are made before anybody comes: who gets one, what becomes of those that nobody got.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTimeOf } from '../../server/kernel/processes.ts';
import { journalEntries } from './journal-entries.ts';
import { KernelHouse } from './kernel-house.ts';
import { until } from './kernel-view.ts';
import { openTerminal } from './learner-lab.ts';

const WARM = 2;

let house: KernelHouse;

beforeAll(async () => {
  house = await KernelHouse.open({ COULISSE_WARM_LABS: String(WARM) });
});

afterAll(() => house.close());

const entries = () => journalEntries(house.stateDir);

/** Host PIDs of PID 1 of each warm lab, once there are as many as configured. */
const warmInits = () =>
  until('labs that are warm', () => {
    const inits = entries().flatMap(({ isWarm, init }) => (isWarm && init ? [init.pid] : []));
    return inits.length === WARM ? inits : undefined;
  });

describe('[L17] warm labs', () => {
  test('[L17] who comes gets a lab that was there before, with a shell at its prompt, of the right size', async () => {
    const warm = await warmInits();
    const lab = await house.enter();
    expect(warm).toContain(lab.init);
    const terminal = await openTerminal(lab.client);
    const since = terminal.type('stty size; tty; whoami\n');
    await terminal.waitForOutput(/^24 80\s+\/dev\/pts\/0\s+student/m, { since });
    expect((await lab.run('echo mine')).output).toBe('mine');
  });

  test('[L17] two learners get two labs, and others take the place of those that were taken', async () => {
    await warmInits();
    const [one, other] = await Promise.all([house.enter(), house.enter()]);
    expect(one.init).not.toBe(other.init);
    await one.run('echo one > ~/file');
    expect((await other.run('ls ~/file')).code).not.toBe(0);
    const after = await warmInits();
    expect(after).not.toContain(one.init);
    expect(after).not.toContain(other.init);
  });

  test('[L17] a warm lab that died is not given to anybody', async () => {
    const warm = await warmInits();
    for (const pid of warm) process.kill(pid, 'SIGKILL');
    const lab = await house.enter();
    expect(warm).not.toContain(lab.init);
    expect((await lab.run('echo alive')).output).toBe('alive');
  });

  test('[L17] keeper killed by -9: taken labs live on, warm ones are replaced', async () => {
    const lab = await house.enter();
    const init = lab.init;
    const warm = await warmInits();
    process.kill(house.house.pidOf('keeper'), 'SIGKILL');
    await until('other labs that are warm', async () => {
      const now = await warmInits();
      return now.every((pid) => !warm.includes(pid));
    });
    expect(lab.init).toBe(init);
    expect(startTimeOf(init)).toBeDefined();
    // Their PID 1 waits for shells whose parent was killed too, and whom the machine's PID 1 reaps.
    await until('the others have ended', () => !warm.some((pid) => isRunning(pid)));
  });
});

function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
