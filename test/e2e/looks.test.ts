// What the pages look like to a machine: nothing wider than the window, nothing that axe calls serious.
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { textsOf } from '../../app/ui/texts/texts-of.ts';
import { languages } from '../../content/schema.ts';
import { launchBrowser, leaveAll, newVisitor, sizes } from '../support/browser.ts';
import type { Visitor } from '../support/browser.ts';
import { openHouse } from '../support/house.ts';
import type { TestHouse } from '../support/house.ts';
import { LessonReader, pathOf } from '../support/lesson-reader.ts';
import { firstWithCheck, places } from '../support/places.ts';

let house: TestHouse;
let browser: Browser;
beforeAll(async () => {
  [house, browser] = await Promise.all([openHouse(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await house?.stop();
});

test.each(languages)('at every size, no page is wider than the window in %s', async (language) => {
  const visitor = await newVisitor(browser);
  const wide: string[] = [];
  for (const path of [`/${language}`, ...places.map((place) => pathOf(language, place))]) {
    await visitor.page.goto(`${house.url}${path}`);
    for (const size of Object.values(sizes)) {
      await visitor.page.setViewportSize(size);
      const excess = await visitor.page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      if (excess > 0) wide.push(`${path} by ${excess} pixels at ${size.width}`);
    }
  }
  expect(wide).toEqual([]);
  await leaveAll([visitor]);
});

test('axe finds nothing serious on the front page, in light and dark', async () => {
  const visitor = await newVisitor(browser);
  await visitor.page.goto(`${house.url}/en`);
  expect(await findFaults(visitor)).toEqual([]);
  await leaveAll([visitor]);
});

test('axe finds nothing serious in lessons with ticks and questions, in light and dark', async () => {
  const ticked = places.find(({ step }) => step.checks.length > 0);
  const asking = places.find(({ step }) => step.checks.length > 0 && step.quizzes.length > 0);
  if (ticked === undefined || asking === undefined) throw new Error('there are no such steps');
  const visitor = await newVisitor(browser);
  await visitor.page.goto(`${house.url}${pathOf('en', ticked)}`);
  await visitor.byTestId('start').click();
  await visitor.untilPrompt();
  const reader = new LessonReader(visitor, 'en');
  await reader.typeSolution(ticked);
  expect((await reader.countTicks()).earned).toBeGreaterThan(0);
  expect(await findFaults(visitor)).toEqual([]);

  await visitor.page.goto(`${house.url}${pathOf('en', asking)}`);
  await visitor.goToTerminal(2);
  expect(await findFaults(visitor)).toEqual([]);
  await leaveAll([visitor]);
});

test('axe finds nothing serious in the search, the settings and a recording', async () => {
  const visitor = await newVisitor(browser);
  await visitor.page.goto(`${house.url}${pathOf('en', firstWithCheck)}`);
  await visitor.byTestId('start').click();
  await visitor.untilPrompt();
  await visitor.byTestId('record').click();
  await visitor.byTestId('recording-mark').waitFor();
  await visitor.byTestId('search').click();
  await visitor.byTestId('terminal-settings').click();
  await visitor.page.getByRole('checkbox', { name: textsOf('en').deck.keyBar }).check();
  expect(await findFaults(visitor)).toEqual([]);
  await visitor.byTestId('play-recording').click();
  await visitor.byTestId('player').waitFor();
  expect(await findFaults(visitor)).toEqual([]);
  await leaveAll([visitor]);
});

test('axe finds nothing serious in the x-ray, in light and dark', async () => {
  const visitor = await newVisitor(browser);
  await visitor.page.goto(`${house.url}/en/inside-docker/pid-namespace/a-new-namespace`);
  await visitor.byTestId('start').click();
  await visitor.untilPrompt();
  await visitor.type(1, 'sudo unshare -pfmn sleep 4321 & sleep 1');
  await visitor.byTestId('xray-region').first().waitFor();
  for (const tab of await visitor.page.getByRole('tab').all()) {
    await tab.click();
    expect(await findFaults(visitor, '#xray')).toEqual([]);
  }
  await leaveAll([visitor]);
});

/** What axe calls serious or critical in either scheme. */
async function findFaults(visitor: Visitor, part = 'html'): Promise<object[]> {
  const faults: object[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await visitor.page.emulateMedia({ colorScheme });
    // A colour on its way from one scheme to the other is none that anybody reads.
    await visitor.page.evaluate(() => {
      const changing = document.getAnimations().filter((each) => each instanceof CSSTransition);
      for (const transition of changing) transition.finish();
    });
    const { violations } = await new AxeBuilder({ page: visitor.page }).include(part).analyze();
    for (const { id, impact, help, nodes } of violations) {
      if (impact !== 'serious' && impact !== 'critical') continue;
      faults.push({ colorScheme, id, help, where: nodes.map((node) => node.html) });
    }
  }
  return faults;
}
