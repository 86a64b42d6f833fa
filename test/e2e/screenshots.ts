// Pictures of the front page and of a lesson mid-way, for a person to look at:
// `node test/e2e/screenshots.ts DIR`. Every size, light and dark, in each language. Proves nothing.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { languages } from '../../content/schema.ts';
import type { Language } from '../../content/schema.ts';
import { launchBrowser, newVisitor, sizes } from '../support/browser.ts';
import type { Visitor } from '../support/browser.ts';
import { openHouse } from '../support/house.ts';
import { LessonReader, pathOf } from '../support/lesson-reader.ts';
import { places } from '../support/places.ts';

/** Steps that are played before the pictures: enough for ticks, two terminals and a question. */
const PLAYED = 3;
/** Milliseconds in which terminals take the new size and fades end. */
const SETTLED_MS = 400;

const directory = process.argv[2];
if (directory === undefined) throw new Error('say where to: node test/e2e/screenshots.ts DIR');
mkdirSync(directory, { recursive: true });

const house = await openHouse();
const browser = await launchBrowser();
try {
  for (const language of languages) {
    const visitor = await newVisitor(browser);
    await visitor.page.goto(`${house.url}/${language}`);
    await takeAll(visitor, `front-${language}`);
    await playSome(visitor, language);
    await takeAll(visitor, `lesson-ticks-${language}`);
    await visitor.page.getByRole('heading', { level: 1 }).scrollIntoViewIfNeeded();
    await takeAll(visitor, `lesson-text-${language}`);
    await visitor.leave();
  }
} finally {
  await browser.close();
  await house.stop();
}

async function playSome(visitor: Visitor, language: Language): Promise<void> {
  const reader = new LessonReader(visitor, language);
  for (const [index, place] of places.slice(0, PLAYED).entries()) {
    if (index === 0) await visitor.page.goto(`${house.url}${pathOf(language, place)}`);
    else await visitor.byTestId('next').click();
    await reader.arriveAt(place);
    if (index === 0) await visitor.byTestId('start').click();
    await visitor.untilPrompt();
    await reader.typeSolution(place);
    await reader.answerAll(place);
  }
}

/** The picture of the window in each scheme and size; of a phone also the side with the terminal. */
async function takeAll(visitor: Visitor, name: string): Promise<void> {
  const { page } = visitor;
  const sides = page.getByTestId('side-bar').getByRole('button');
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const [size, viewport] of Object.entries(sizes)) {
      await page.setViewportSize(viewport);
      await setTimeout(SETTLED_MS);
      const file = (more: string) =>
        join(directory ?? '.', `${name}-${size}${more}-${colorScheme}.png`);
      if (size !== 'phone' || (await sides.count()) === 0) {
        await page.screenshot({ path: file('') });
        continue;
      }
      for (const side of [0, 1]) {
        await sides.nth(side).click();
        await setTimeout(SETTLED_MS);
        await page.screenshot({ path: file(side === 0 ? '' : '-terminal') });
      }
    }
  }
  await page.setViewportSize(sizes.desktop);
}
