// Lets labs grow idle or old under a short clock. Knows no lab's inside.
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { patient } from '../support/patience.ts';
import { KernelHouse } from './kernel-house.ts';
import { isFrozen, readOf, until } from './kernel-view.ts';

/** Three seconds: long enough to make a lab on a loaded machine, short enough to wait for. */
const CLOCK_MINUTES = '0.05';
const CLOCK_MS = 3000;

describe('[L14] idleness and age', () => {
  test('[L14] a lab is removed after the idle time, unless its learner asks to keep it', async () => {
    const house = await KernelHouse.open({ COULISSE_IDLE_MINUTES: CLOCK_MINUTES });
    const [left, kept] = await Promise.all([house.enter(), house.enter()]);
    const { lifetime } = left.client.welcome;
    expect(lifetime.reason).toBe('idle');
    expect(lifetime.endsAt - lifetime.now).toBeLessThanOrEqual(CLOCK_MS);
    const { init } = left;
    await left.client.close();
    await until('the other is kept for twice its time', async () => {
      kept.client.send({ type: 'keep' });
      const { now } = (await kept.client.next('lifetime')).lifetime;
      return now > lifetime.endsAt + CLOCK_MS;
    });
    await until('the lab that was left is gone', () => readOf(init, 'status') === undefined);
    expect(readOf(kept.init, 'status')).toBeDefined();
    // Nobody asks any more.
    expect((await kept.client.closed).code).toBe(4410);
    await expect.poll(() => house.remainsOfLabs(), { timeout: patient(20_000) }).toEqual([]);
    expect((await house.enter(left.learner)).client.welcome.created).toBe(true);
    await house.close();
  });

  test('[L14] a lab that is too old is removed whoever is there', async () => {
    const house = await KernelHouse.open({ COULISSE_AGE_MINUTES: CLOCK_MINUTES });
    const lab = await house.enter();
    expect(lab.client.welcome.lifetime.reason).toBe('age');
    const asking = setInterval(() => lab.client.send({ type: 'keep' }), 300);
    const closed = await lab.client.closed;
    clearInterval(asking);
    expect(closed.code).toBe(4410);
    await expect.poll(() => house.remainsOfLabs(), { timeout: patient(20_000) }).toEqual([]);
    await house.close();
  });
});

describe('[L18] labs that no page shows', () => {
  test('[L18] what runs is frozen where it is, goes on when its learner is back, and is taken apart frozen', async () => {
    const house = await KernelHouse.open({ COULISSE_FREEZE_MINUTES: '0.01' });
    const [lab, other] = await Promise.all([house.enter(), house.enter()]);
    const beat = 'for ((i = 0; ; i++)); do echo $i; sleep 0.05; done';
    await lab.run(`(setsid bash -c '${beat}' > ~/beats 2>&1 &) </dev/null`);
    const { init } = lab;
    const beats = `/proc/${init}/root/home/student/beats`;
    const count = () => readFileSync(beats, 'utf8').split('\n').length;
    await until('it beats', () => existsSync(beats) && count() > 5);
    expect(isFrozen(init)).toBe(false);
    await lab.client.close();
    await other.client.close();
    await until('both are frozen', () => isFrozen(init) && isFrozen(other.init));
    const before = count();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(count()).toBe(before);
    const again = await house.enter(lab.learner);
    expect(again.client.welcome.created).toBe(false);
    // The welcome does not wait for keeper.
    await until('it is thawed', () => !isFrozen(init));
    await until('it goes on', () => count() > before + 5);
    expect((await again.run('echo here')).output).toBe('here');
    // The other one is still frozen, and goes with the house.
    expect(isFrozen(other.init)).toBe(true);
    await house.close();
  });

  test('[L18] a lab is not frozen by the clock of the one before it that had its name', async () => {
    const house = await KernelHouse.open({ COULISSE_FREEZE_MINUTES: '0.05' });
    const first = await house.enter();
    first.client.send({ type: 'reset' });
    await first.client.closed;
    const second = await house.enter(first.learner);
    expect(second.name).toBe(first.name);
    const other = await house.enter();
    await other.client.close();
    // Its clock began after those of the two others.
    await until('the other is frozen', () => isFrozen(other.init));
    expect(isFrozen(second.init)).toBe(false);
    expect((await second.run('echo here')).output).toBe('here');
    await house.close();
  });

  test('[L18] a keeper that was killed meanwhile, or a link, does not leave it frozen', async () => {
    const house = await KernelHouse.open({ COULISSE_FREEZE_MINUTES: '0.01' });
    const lab = await house.enter();
    await lab.client.close();
    await until('it is frozen', () => isFrozen(lab.init));
    process.kill(house.house.pidOf('keeper'), 'SIGKILL');
    process.kill(house.house.pidOf('link'), 'SIGKILL');
    const again = await until('link and keeper are back', () =>
      house.enter(lab.learner).catch(() => undefined),
    );
    expect(again.init).toBe(lab.init);
    expect((await again.run('echo here')).output).toBe('here');
    await house.close();
  });
});
