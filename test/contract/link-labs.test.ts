// Labs as link keeps them: made at hello, waited for, watched, kept, reset and reaped. Stand-in keeper.
import { newLabId } from '../../server/foundation/random-id.ts';
import { afterEach, describe, expect, test } from 'vitest';
import { dialLab } from '../support/lab-client.ts';
import { openLinkHouse, type LinkHouse, type LinkHouseOptions } from '../support/link-house.ts';
import { openShell, waitUntil } from '../support/link-shell.ts';

let house: LinkHouse;
async function open(options: LinkHouseOptions = {}): Promise<LinkHouse> {
  house = await openLinkHouse(options);
  return house;
}
afterEach(() => house.close());

function dial(lab: string, address = '127.0.0.1') {
  return dialLab({ url: house.url, lab, grant: house.grant({ lab, address }) });
}

describe('the waiting line', () => {
  test('[P6] without a free slot a learner is queued, and welcome when a lab goes', async () => {
    await open({ keeper: { capacity: 1 } });
    const first = await house.connect(newLabId());
    const second = dial(newLabId());
    expect(await second.next('queued')).toEqual({ type: 'queued', before: 0, reason: 'labs' });
    const third = dial(newLabId());
    expect(await third.next('queued')).toMatchObject({ before: 1 });
    first.send({ type: 'reset' });
    expect((await second.next('welcome')).created).toBe(true);
    expect(await third.next('queued')).toMatchObject({ before: 0 });
  });
  test('[P6] a page that leaves the line lets the others move up', async () => {
    await open({ keeper: { capacity: 1 } });
    await house.connect(newLabId());
    const second = dial(newLabId());
    await second.next('queued');
    const third = dial(newLabId());
    expect(await third.next('queued')).toMatchObject({ before: 1 });
    await second.close();
    expect(await third.next('queued')).toMatchObject({ before: 0 });
  });
  test('[P6] two pages of one learner have one place in the line', async () => {
    await open({ keeper: { capacity: 1 } });
    const first = await house.connect(newLabId());
    const lab = newLabId();
    const [left, right] = [dial(lab), dial(lab)];
    await left.next('queued');
    expect(await right.next('queued')).toMatchObject({ before: 0 });
    first.send({ type: 'reset' });
    const made = [(await left.next('welcome')).created, (await right.next('welcome')).created];
    expect(made.filter(Boolean)).toHaveLength(1);
  });
  test('[P6] an address that has its share holds up nobody of another address', async () => {
    await open({ keeper: { perAddress: 1 } });
    await house.connect(newLabId(), { address: '192.0.2.1' });
    const waiting = dial(newLabId(), '192.0.2.1');
    expect(await waiting.next('queued')).toMatchObject({ reason: 'address' });
    const other = await house.connect(newLabId(), { address: '192.0.2.2' });
    expect(other.welcome.created).toBe(true);
  });
});

describe('lifetime', () => {
  test('[P19] a lab whose learner gives no sign is destroyed, and its page told with 4410', async () => {
    await open({ config: { idleMs: 300 } });
    const page = await house.connect(newLabId());
    expect(page.welcome.lifetime.reason).toBe('idle');
    expect((await page.closed).code).toBe(4410);
    await waitUntil(() => house.keeper.labs.size === 0);
  });
  test('[P19] a lab that nobody is connected to is destroyed after the idle time', async () => {
    await open({ config: { idleMs: 300 } });
    const page = await house.connect(newLabId());
    page.cut();
    await waitUntil(() => house.keeper.labs.size === 0);
    expect((await page.closed).code).toBe(1006);
  });
  test('[P19] keep starts the idle clock again', async () => {
    await open({ config: { idleMs: 60_000 } });
    const page = await house.connect(newLabId());
    const before = page.welcome.lifetime.endsAt;
    await waitUntil(() => Date.now() > page.welcome.lifetime.now + 20);
    page.send({ type: 'keep' });
    expect((await page.next('lifetime')).lifetime.endsAt).toBeGreaterThan(before);
  });
  test('[P19] a lab that is too old is destroyed, and keep does not move that', async () => {
    await open({ config: { ageMs: 400 } });
    const page = await house.connect(newLabId());
    expect(page.welcome.lifetime.reason).toBe('age');
    page.send({ type: 'keep' });
    expect((await page.closed).code).toBe(4410);
  });
  test('[P20] reset closes every page of the lab with 4410, and the next hello makes a fresh one', async () => {
    await open();
    const { page, lab } = await openShell(house);
    const other = await house.connect(lab);
    expect(other.welcome.createdAt).toBe(page.welcome.createdAt);
    await waitUntil(() => Date.now() > page.welcome.createdAt);
    page.send({ type: 'reset' });
    expect((await page.closed).code).toBe(4410);
    expect((await other.closed).code).toBe(4410);
    const again = await house.connect(lab);
    expect(again.welcome).toMatchObject({ created: true, terminals: [] });
    // [P6] A page that is second to come knows by this that its terminal 1 is another.
    const second = await house.connect(lab);
    expect(second.welcome).toMatchObject({ created: false, createdAt: again.welcome.createdAt });
    expect(second.welcome.createdAt).toBeGreaterThan(page.welcome.createdAt);
  });
  test('[P20] a lab that dies by itself closes its pages with 4410', async () => {
    await open();
    const { page, lab } = await openShell(house);
    house.keeper.loseLab(lab);
    expect((await page.closed).code).toBe(4410);
  });
});
