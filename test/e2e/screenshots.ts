// Pictures of the front page, of a lesson mid-way and of each view of the x-ray, for a person to look at:
// `node test/e2e/screenshots.ts DIR`. Every size, light and dark, in each language. Proves nothing.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { languages } from '../../content/schema.ts';
import type { Language } from '../../content/schema.ts';
import { textsOf } from '../../app/ui/texts/texts-of.ts';
import { launchBrowser, newVisitor, sizes } from '../support/browser.ts';
import type { Visitor } from '../support/browser.ts';
import { openHouse } from '../support/house.ts';
import { LessonReader, pathOf } from '../support/lesson-reader.ts';
import { places } from '../support/places.ts';

/** Steps that are played before the pictures: enough for ticks, two terminals and a question. */
const PLAYED = 3;
/** Milliseconds in which terminals take the new size and fades end. */
const SETTLED_MS = 400;

/** What a phone shows one at a time, in the order of its bar. */
const phoneSides = ['lesson', 'terminal', 'xray'] as const;

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
    await takeXray(visitor, language);
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

/** Each view, and what the kernel says of a process, with a container and a network of its own to be seen. */
async function takeXray(visitor: Visitor, language: Language): Promise<void> {
  const { page } = visitor;
  const texts = textsOf(language).xray;
  await page.goto(`${house.url}/${language}/inside-docker/pid-namespace/a-new-namespace`);
  await visitor.untilPrompt();
  await visitor.type(2, 'sudo unshare -pfmn --mount-proc --kill-child sleep 4321 & sleep 1');
  await visitor.type(2, 'sudo ip link add lab0 type veth peer name box0; sudo ip link set lab0 up');
  const contained = visitor.byTestId('xray-region').getByTestId('xray-process').last();
  await contained.waitFor();
  for (const [tab, title] of Object.entries(texts.tabs)) {
    await page.getByRole('tab', { name: title }).click();
    await takeAll(visitor, `xray-${tab}-${language}`, ['xray']);
  }
  await page.getByRole('tab', { name: texts.tabs.processes }).click();
  await contained.click();
  await takeAll(visitor, `xray-detail-${language}`, ['xray']);
}

/** The picture of the window in each scheme and size; of a phone with each of `wanted` in front. */
async function takeAll(
  visitor: Visitor,
  name: string,
  wanted: readonly (typeof phoneSides)[number][] = ['lesson', 'terminal'],
): Promise<void> {
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
      for (const side of wanted) {
        await sides.nth(phoneSides.indexOf(side)).click();
        await setTimeout(SETTLED_MS);
        await page.screenshot({ path: file(side === 'lesson' ? '' : `-${side}`) });
      }
    }
  }
  await page.setViewportSize(sizes.desktop);
}
