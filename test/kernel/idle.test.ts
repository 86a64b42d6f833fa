// Lets labs grow idle or old under a short clock. Knows no lab's inside.
import { describe, expect, test } from 'vitest';
import { KernelHouse } from './kernel-house.ts';
import { readOf, until } from './kernel-view.ts';

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
    await expect.poll(() => house.remainsOfLabs(), { timeout: 20_000 }).toEqual([]);
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
    await expect.poll(() => house.remainsOfLabs(), { timeout: 20_000 }).toEqual([]);
    await house.close();
  });
});
