// A learner with a prompt, as most tests of the page's terminals begin. Knows no test.
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { textsOf } from '../../app/ui/texts/texts-of.ts';
import type { Visitor } from './browser.ts';
import { newVisitor, sizes } from './browser.ts';
import type { TestHouse } from './house.ts';
import { pathOf } from './lesson-reader.ts';
import { firstWithCheck } from './places.ts';

/** At the first step that has a check, in English; `visitors` is told of who came. */
export async function startVisit(
  by: { house: TestHouse; browser: Browser; visitors: Visitor[] },
  options: BrowserContextOptions = {},
): Promise<Visitor> {
  const visitor = await newVisitor(by.browser, options);
  by.visitors.push(visitor);
  await visitor.page.goto(`${by.house.url}${pathOf('en', firstWithCheck)}`);
  if (options.viewport?.width === sizes.phone.width) {
    const side = visitor.byTestId('side-bar');
    await side.getByRole('button', { name: textsOf('en').terminal.phoneTerminal }).click();
  }
  await visitor.byTestId('start').click();
  await visitor.untilPrompt();
  return visitor;
}
