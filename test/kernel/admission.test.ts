// Fills a house to each of its limits and wants an honest refusal, a place in line, and the lab as soon as
// there is room. Knows no cgroup.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dialLab, type LabClient } from '../support/lab-client.ts';
import { KernelHouse } from './kernel-house.ts';
import { openTerminal } from './learner-lab.ts';

let house: KernelHouse;

/** Says hello and does not wait for a lab. */
async function dial(): Promise<LabClient> {
  const { answer } = await house.house.arrive();
  const { url } = house.house;
  return dialLab({
    url: `${url.replace('http', 'ws')}/link`,
    grant: answer.grant,
    lab: answer.lab,
    origin: url,
  });
}

/** What web says of how full the house is. */
async function status(): Promise<unknown> {
  return (await fetch(`${house.house.url}/api/status`)).json();
}

describe('[L10] admission to a house of one lab', () => {
  beforeAll(async () => {
    house = await KernelHouse.open({ COULISSE_LABS: '1' });
  });

  afterAll(() => house.close());

  test('[L10] one learner has one lab, however many pages ask at once', async () => {
    const learner = await house.house.arrive();
    const pages = await Promise.all([1, 2, 3, 4].map(() => house.enter(learner)));
    expect(pages.some(({ client }) => client.welcome.created)).toBe(true);
    await expect.poll(status).toMatchObject({ labs: 1, capacity: 1, waiting: 0 });
    pages[0]?.client.send({ type: 'reset' });
    for (const { client } of pages) expect((await client.closed).code).toBe(4410);
  });

  test('[L10] with all labs taken a learner waits with the number before, and is served when one goes', async () => {
    const first = await house.enter();
    const second = await dial();
    expect(await second.next('queued')).toMatchObject({ before: 0, reason: 'labs' });
    const third = await dial();
    expect(await third.next('queued')).toMatchObject({ before: 1, reason: 'labs' });
    await expect.poll(status).toMatchObject({ labs: 1, capacity: 1, waiting: 2 });
    // Whoever waits keeps nobody from the lab that is there.
    expect((await first.run('echo here')).output).toBe('here');
    first.client.send({ type: 'reset' });
    expect((await first.client.closed).code).toBe(4410);
    await second.next('welcome');
    expect(await third.next('queued', ({ before }) => before === 0)).toMatchObject({ before: 0 });
    await openTerminal(second);
    second.send({ type: 'reset' });
    await third.next('welcome');
    third.send({ type: 'reset' });
    expect((await third.closed).code).toBe(4410);
  });

  test('[L10] a place in line is given up by leaving, and a lab that dies makes room', async () => {
    const first = await house.enter();
    const second = await dial();
    await second.next('queued');
    const third = await dial();
    await third.next('queued', ({ before }) => before === 1);
    await second.close();
    await third.next('queued', ({ before }) => before === 0);
    process.kill(first.init, 'SIGKILL');
    expect(await third.next('welcome', () => true, 30_000)).toMatchObject({ created: true });
    expect((await first.client.closed).code).toBe(4410);
  });
});

describe('[L10] admission by address and by disk', () => {
  test('[L10] one address has so many labs and no more, whoever asks', async () => {
    house = await KernelHouse.open({ COULISSE_LABS_PER_ADDRESS: '1' });
    await house.enter();
    const second = await dial();
    expect(await second.next('queued')).toMatchObject({ before: 0, reason: 'address' });
    await house.close();
  });

  test('[L10] labs are promised disk that is there: with too little free nobody is admitted', async () => {
    house = await KernelHouse.open({ COULISSE_DISK_RESERVE_MIB: '1048576' });
    const first = await dial();
    expect(await first.next('queued')).toMatchObject({ before: 0, reason: 'disk' });
    await house.close();
  });
});
