// What a page keeps and how it can be used: reload, language, keyboard alone, no JavaScript, light and dark.
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { textsOf } from '../../app/ui/texts/texts-of.ts';
import { languages } from '../../content/schema.ts';
import { launchBrowser, leaveAll, newVisitor } from '../support/browser.ts';
import type { Visitor } from '../support/browser.ts';
import { openHouse } from '../support/house.ts';
import type { TestHouse } from '../support/house.ts';
import { LessonReader, pathOf, sentencePattern } from '../support/lesson-reader.ts';
import { findPlace, firstWithCheck, places } from '../support/places.ts';

let house: TestHouse;
let browser: Browser;
const visitors: Visitor[] = [];

beforeAll(async () => {
  [house, browser] = await Promise.all([openHouse(), launchBrowser()]);
});
afterEach(async () => {
  await leaveAll(visitors);
});
afterAll(async () => {
  await browser?.close();
  await house?.stop();
});

async function visit(path: string, options?: BrowserContextOptions): Promise<Visitor> {
  const visitor = await newVisitor(browser, options);
  visitors.push(visitor);
  await visitor.page.goto(`${house.url}${path}`);
  return visitor;
}

async function startAt(path: string): Promise<Visitor> {
  const visitor = await visit(path);
  await visitor.byTestId('start').click();
  await visitor.untilPrompt();
  return visitor;
}

/** What the lab calls this shell: another lab, or another shell, has another. */
async function askShell(visitor: Visitor, terminal: 1 | 2): Promise<string> {
  await visitor.type(terminal, 'echo shell=$$,$(readlink /proc/self/ns/pid)');
  const found = /^shell=(\d+,pid:\[\d+\])$/m.exec(await visitor.screen(terminal))?.[1];
  if (found === undefined) throw new Error(await visitor.describe());
  return found;
}

test('a reload comes back to the same lab, terminals, screens and ticks', async () => {
  const place = firstWithCheck;
  const visitor = await startAt(pathOf('en', place));
  const reader = new LessonReader(visitor, 'en');
  await reader.typeSolution(place);
  const [check] = place.step.checks;
  if (check === undefined) throw new Error('unreachable');
  const sentence = await reader.readTick(check);
  const first = await askShell(visitor, 1);
  const second = await askShell(visitor, 2);
  expect(second).not.toBe(first);
  expect(second.split(',')[1]).toBe(first.split(',')[1]);
  await visitor.type(2, 'sleep 4321 &');
  const shownSecond = await visitor.screen(2);
  await visitor.goToTerminal(1);
  const shownFirst = await visitor.screen(1);

  await visitor.page.reload();
  await visitor.until(async () => (await visitor.screen(1)) === shownFirst, 'the same screen');
  await visitor.goToTerminal(2);
  await visitor.until(async () => (await visitor.screen(2)) === shownSecond, 'the second screen');
  expect(await reader.readTick(check)).toBe(sentence);
  expect(await askShell(visitor, 1)).toBe(first);
  expect(await askShell(visitor, 2)).toBe(second);
  await visitor.type(2, 'jobs');
  expect(await visitor.screen(2)).toMatch(/Running +sleep 4321/);
});

test('the other language has the same lab and says the ticks in its own words', async () => {
  const place = firstWithCheck;
  const visitor = await startAt(pathOf('fr', place));
  await new LessonReader(visitor, 'fr').typeSolution(place);
  const shell = await askShell(visitor, 1);
  const shown = await visitor.screen(1);
  await visitor.byTestId('lang-switch').click();
  const reader = new LessonReader(visitor, 'en');
  await reader.arriveAt(place);
  await visitor.until(async () => (await visitor.screen(1)) === shown, 'the same screen');
  for (const check of place.step.checks) {
    expect(await reader.readTick(check)).toMatch(sentencePattern(check.seen.en));
  }
  expect(await askShell(visitor, 1)).toBe(shell);
});

test('both terminals can be seen at once', async () => {
  const visitor = await startAt(pathOf('en', firstWithCheck));
  await visitor.goToTerminal(2);
  const both = visitor.page.getByRole('button', { name: textsOf('en').terminal.split });
  await both.click();
  const panes = visitor.byTestId('terminal-pane');
  expect(await panes.nth(0).isVisible()).toBe(true);
  expect(await panes.nth(1).isVisible()).toBe(true);
  await visitor.type(1, 'echo one-$((1 + 0))');
  await visitor.type(2, 'echo two-$((2 + 0))');
  expect(await visitor.screen(1)).toContain('one-1');
  expect(await visitor.screen(2)).toContain('two-2');
});

test.each(languages)('without JavaScript the pages read well in %s', async (language) => {
  const visitor = await visit(`/${language}`, { javaScriptEnabled: false });
  const texts = textsOf(language);
  await visitor.page.getByRole('heading', { name: texts.front.headline }).waitFor();
  for (const { title } of places[0]?.course.chapters ?? []) {
    await visitor.page.getByRole('heading', { name: title[language] }).waitFor();
  }
  await visitor.byTestId('start').click();
  const reader = new LessonReader(visitor, language);
  for (const [index, place] of places.slice(0, 4).entries()) {
    if (index > 0) await visitor.byTestId('next').click();
    await reader.arriveAt(place);
    const text = (await visitor.page.locator('article').innerText()).replace(/\s+/g, ' ');
    for (const line of proseOf(place.step.text[language])) expect(text).toContain(line);
    for (const check of place.step.checks) {
      expect(text).toContain(check.goal[language].replace(/\s+/g, ' '));
    }
  }
  expect(await visitor.page.locator('#terminals').innerText()).toContain(texts.terminal.noScript);
});

test('the keyboard alone reaches Start, the terminal, and leaves it again', async () => {
  const visitor = await visit('/en');
  const { page } = visitor;
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-testid'));
  for (let tabs = 0; (await focused()) !== 'start' && tabs < 40; tabs += 1) {
    await page.keyboard.press('Tab');
  }
  expect(await focused()).toBe('start');
  await page.keyboard.press('Enter');
  const reader = new LessonReader(visitor, 'en');
  await reader.arriveAt(findPlace(() => true));
  await visitor.untilPrompt();

  await page.keyboard.press('F6');
  await visitor.until(() => isInTerminal(visitor), 'keyboard in the terminal');
  await visitor.untilDone(1, () => page.keyboard.type('echo by-$((6 * 7))\n'));
  expect(await visitor.screen(1)).toContain('by-42');
  // In a terminal, Tab is the shell's.
  await page.keyboard.press('Tab');
  expect(await isInTerminal(visitor)).toBe(true);

  await page.keyboard.press('F6');
  await visitor.until(async () => !(await isInTerminal(visitor)), 'keyboard out of the terminal');
  await page.keyboard.press('Tab');
  expect(await isInTerminal(visitor)).toBe(false);
  expect(await page.evaluate(() => document.activeElement !== document.body)).toBe(true);
});

test('light and dark are switched by a click, kept by a reload, and reach the terminal', async () => {
  const visitor = await startAt(pathOf('en', firstWithCheck));
  const choose = async (name: string) => {
    const label = visitor.byTestId('theme-switch').locator('label', {
      has: visitor.page.getByRole('radio', { name, exact: true }),
    });
    await label.click();
  };
  const colours = () =>
    visitor.page.evaluate(() =>
      ['body', '[data-terminal="1"]'].map((selector) => {
        const element = document.querySelector(selector);
        return element === null ? '' : getComputedStyle(element).color;
      }),
    );
  await choose('Light');
  const light = await colours();
  await choose('Dark');
  await visitor.until(async () => (await colours())[0] !== light[0], 'another colour of text');
  const dark = await colours();
  await visitor.page.reload();
  await visitor.untilPrompt();
  expect(await colours()).toEqual(dark);
  await choose('Light');
  await visitor.until(async () => (await colours())[0] === light[0], 'the light again');
});

test("another learner's lab is refused", async () => {
  const [one, other] = [await house.arrive(), await house.arrive()];
  const response = await fetch(`${house.url}/api/lab`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: house.url, cookie: one.cookie },
    body: JSON.stringify({ lab: other.answer.lab }),
  });
  expect(response.status).toBe(403);
  expect(await response.json()).toMatchObject({ error: { code: 'not-your-lab' } });
});

function isInTerminal(visitor: Visitor): Promise<boolean> {
  return visitor.page.evaluate(
    () => document.activeElement?.closest('[data-testid="terminal-pane"]') !== null,
  );
}

/** Lines of the text that have no markup: they must be on the page as they are. */
function proseOf(markdown: string): string[] {
  const prose = markdown.replace(/^```[\s\S]*?^```/gm, '');
  return prose
    .split(/\n+/)
    .filter((line) => line !== '' && !/[`*_[>|]/.test(line))
    .map((line) =>
      line
        .replace(/^[-\d.]+ /, '')
        .replace(/\s+/g, ' ')
        .trim(),
    );
}
