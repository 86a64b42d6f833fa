// The whole course in the browser, in each language, by keyboard and mouse only: every tick is earned and
// read in the reader's language. Every other step is done by its *run* buttons, the rest by typing.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { languages } from '../../content/schema.ts';
import { launchBrowser, newVisitor } from '../support/browser.ts';
import type { Visitor } from '../support/browser.ts';
import { openHouse } from '../support/house.ts';
import type { TestHouse } from '../support/house.ts';
import { LessonReader, sentencePattern } from '../support/lesson-reader.ts';
import { places } from '../support/places.ts';

let house: TestHouse;
let browser: Browser;
beforeAll(async () => {
  [house, browser] = await Promise.all([openHouse(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await house?.stop();
});

describe.each(languages)('in %s', (language) => {
  let visitor: Visitor;
  let reader: LessonReader;
  let failed: string | undefined;

  beforeAll(async () => {
    visitor = await newVisitor(browser, { locale: language });
    reader = new LessonReader(visitor, language);
  });
  afterAll(() => visitor?.leave());

  test('Start on the front page leads to the first step and to a prompt', async () => {
    await visitor.page.goto(`${house.url}/${language}`);
    await visitor.byTestId('start').click();
    const [first] = places;
    if (first === undefined) throw new Error('there is no course');
    await reader.arriveAt(first);
    await visitor.untilPrompt();
    expect(await visitor.screen(1)).toContain('student@lab');
  });

  for (const [index, place] of places.entries()) {
    const byRunning = (index % 2 === 0) === (language === 'fr');
    const how = byRunning ? 'by its run buttons' : 'by typing';
    test(`${place.chapter.id}/${place.step.id} ${how}`, async (context) => {
      if (failed !== undefined) context.skip(`${failed} failed before`);
      failed = place.step.id;
      await reader.arriveAt(place);
      expect(await reader.countTicks()).toEqual({ earned: 0, all: place.step.checks.length });
      await (byRunning ? reader.runBlocks(place) : reader.typeSolution(place));
      for (const check of place.step.checks) {
        expect(await reader.readTick(check)).toMatch(sentencePattern(check.seen[language]));
      }
      await reader.answerAll(place);
      const isLast = index === places.length - 1;
      await visitor.byTestId(isLast ? 'finish' : 'next').click();
      failed = undefined;
    });
  }

  test('the front page follows, and no page has complained', async () => {
    await visitor.page.waitForURL((url) => url.pathname === `/${language}`);
    expect(visitor.complaints).toEqual([]);
  });
});
