// What a page says at the limits: no free lab, no labs at all, a lab whose time is over.
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { textsOf } from '../../app/ui/texts/texts-of.ts';
import { launchBrowser, leaveAll, newVisitor } from '../support/browser.ts';
import type { Visitor } from '../support/browser.ts';
import { openHouse } from '../support/house.ts';
import type { TestHouse } from '../support/house.ts';

const texts = textsOf('en');
let browser: Browser;
let house: TestHouse | undefined;
const visitors: Visitor[] = [];

beforeAll(async () => {
  browser = await launchBrowser();
});
afterEach(async () => {
  const left = leaveAll(visitors);
  await Promise.allSettled([left]);
  await house?.stop();
  house = undefined;
  await left;
});
afterAll(() => browser?.close());

async function open(settings: Record<string, string>): Promise<string> {
  house = await openHouse({ settings });
  return house.url;
}

async function start(url: string): Promise<Visitor> {
  const visitor = await newVisitor(browser);
  visitors.push(visitor);
  await visitor.page.goto(`${url}/en`);
  await visitor.byTestId('start').click();
  return visitor;
}

test('a full house says how many are before you, and serves the next when a lab goes', async () => {
  const url = await open({ COULISSE_LABS: '1' });
  const first = await start(url);
  await first.untilPrompt();
  const second = await start(url);
  await second.byTestId('queue').getByText(texts.connection.queueTitle).waitFor();
  await second.byTestId('queue').getByText(texts.connection.queueText(0)).waitFor();
  const third = await start(url);
  await third.byTestId('queue').getByText(texts.connection.queueText(1)).waitFor();
  // The lesson is there to read meanwhile.
  expect(await third.page.locator('article').isVisible()).toBe(true);

  await first.page.getByRole('button', { name: texts.terminal.reset, exact: true }).click();
  const dialog = first.page.getByRole('dialog');
  await dialog.getByRole('button', { name: texts.terminal.resetYes }).click();
  await second.untilPrompt();
  await third.byTestId('queue').getByText(texts.connection.queueText(0)).waitFor();
  await first.byTestId('queue').getByText(texts.connection.queueText(1)).waitFor();
});

test('web alone shows the lessons and says how to get labs', async () => {
  const url = await open({ COULISSE_ROLES: 'web' });
  const visitor = await newVisitor(browser);
  visitors.push(visitor);
  await visitor.page.goto(`${url}/en`);
  await visitor.byTestId('start').click();
  const { title, text } = texts.connection.stop['lessons-only'];
  await visitor.page.getByRole('heading', { name: title }).waitFor();
  await visitor.page.getByText(text).waitFor();
  expect(text).toContain('npm start');
  expect(await visitor.page.locator('article').isVisible()).toBe(true);
  // The browser's own note that the answer was 503, not the page's.
  const own = visitor.complaints.filter((complaint) => !complaint.includes('/api/lab'));
  visitor.complaints.splice(0, visitor.complaints.length, ...own);
});

test('a lab counts down, is kept by a click, and ends when nobody keeps it', async () => {
  const seconds = 12;
  const url = await open({ COULISSE_IDLE_MINUTES: String(seconds / 60) });
  const visitor = await start(url);
  await visitor.untilPrompt();
  const left = async () => {
    const text = await visitor.byTestId('lifetime').innerText();
    const found = /(\d+):(\d\d)/.exec(text);
    return found === null ? Number.NaN : Number(found[1]) * 60 + Number(found[2]);
  };
  await visitor.until(async () => (await left()) <= seconds - 5, 'a clock that counts down');
  await visitor.byTestId('keep').click();
  await visitor.until(async () => (await left()) >= seconds - 2, 'a clock that starts again');
  await visitor.page
    .getByRole('heading', { name: texts.connection.stop['lab-gone'].title })
    .waitFor({ timeout: (seconds + 10) * 1000 });
  await visitor.page.getByRole('button', { name: texts.connection.startNew }).click();
  await visitor.untilPrompt();
  expect(await visitor.screen(1)).toMatch(/^student@lab:~\$$/);
});
