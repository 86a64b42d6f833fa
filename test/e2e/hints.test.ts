// What a learner who goes wrong is told, in a real lab: the hint that fits what the lab shows, and why a check
// does not hold yet.
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { launchBrowser, leaveAll, newVisitor } from '../support/browser.ts';
import type { Visitor } from '../support/browser.ts';
import { openHouse } from '../support/house.ts';
import type { TestHouse } from '../support/house.ts';

let house: TestHouse;
let browser: Browser;
const visitors: Visitor[] = [];

beforeAll(async () => {
  [house, browser] = await Promise.all([openHouse(), launchBrowser()]);
});
afterEach(() => leaveAll(visitors));
afterAll(async () => {
  await browser?.close();
  await house?.stop();
});

test('unshare without -f brings its hint and its reason; done right, both go', async () => {
  const visitor = await newVisitor(browser);
  visitors.push(visitor);
  await visitor.page.goto(`${house.url}/fr/inside-docker/pid-namespace/a-new-namespace`);
  await visitor.byTestId('start').click();
  await visitor.untilPrompt();
  const hint = (id: string) => visitor.page.locator(`[data-hint="${id}"]`);
  await hint('no-rootfs').waitFor();
  const unpack = 'mkdir -p rootfs; sudo tar -xpf /var/lib/lab/debian-rootfs.tar -C rootfs';
  await visitor.type(1, unpack);
  await hint('no-rootfs').waitFor({ state: 'detached' });

  await visitor.type(1, 'sudo unshare -p chroot rootfs /bin/sh');
  await hint('fork-forgotten').waitFor();
  expect(await hint('fork-forgotten').innerText()).toContain('il manque -f');
  const why = visitor.byTestId('why');
  await why.locator('summary').click();
  expect(await why.innerText()).toContain(
    'Il n’y a aucun conteneur qui a /home/student/rootfs pour racine.',
  );

  await visitor.type(1, 'exit');
  await visitor.type(1, 'sudo unshare -pf chroot rootfs /bin/sh');
  await visitor.page.locator('[data-check="container-started"][data-earned="true"]').waitFor();
  await hint('fork-forgotten').waitFor({ state: 'detached' });
  expect(await why.count()).toBe(0);
});
