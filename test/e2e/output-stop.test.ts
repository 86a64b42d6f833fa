// ^S in a terminal of the page: that output has stopped is said wherever the terminal is shown.
import { expect, onTestFinished, test } from 'vitest';
import { textsOf } from '../../app/ui/texts/texts-of.ts';
import { Visitor } from '../support/browser.ts';
import { Stage } from '../support/e2e-stage.ts';

const texts = textsOf('en');
const stage = new Stage();

test('Ctrl+S looks like no freeze: the page says what it does, and Ctrl+Q goes on', async () => {
  const visitor = await stage.start();
  const { page } = visitor;
  await visitor.goToTerminal(1);
  const second = new Visitor(await page.context().newPage());
  await second.page.goto(page.url());
  await second.untilPrompt();
  await page.bringToFront();
  await page.keyboard.press('Control+S');
  await page.keyboard.type('echo held-$((50 + 5))\n');
  const said = visitor.byTestId('place-stopped');
  await said.getByText(texts.deck.stopped).waitFor();
  expect(await visitor.screen(1)).not.toContain('held');
  // Nor in a second tab or after a reload, which have not seen the key.
  await second.byTestId('place-stopped').waitFor();
  await page.reload();
  await said.getByText(texts.deck.stopped).waitFor();
  await visitor.untilDone(1, () =>
    said.getByRole('button', { name: texts.deck.goOn, exact: true }).click(),
  );
  expect(await visitor.screen(1)).toContain('held-55');
  expect(await said.count()).toBe(0);
  await second.byTestId('place-stopped').waitFor({ state: 'detached' });
  // By key as well, and for a program that was printing.
  await page.keyboard.type('while sleep 0.05; do echo tick; done\n');
  await visitor.until(async () => (await visitor.screen(1)).includes('\ntick'), 'output');
  await page.keyboard.press('Control+S');
  await said.waitFor();
  await page.keyboard.press('Control+Q');
  await said.waitFor({ state: 'detached' });
  await visitor.untilDone(1, () => page.keyboard.press('Control+C'));
});

test('Ctrl+S typed in one browser is said in another one too, also in one that comes later', async () => {
  const visitor = await stage.start();
  const { page } = visitor;
  const elsewhere = async (): Promise<Visitor> => {
    const context = await page.context().browser()?.newContext();
    if (context === undefined) throw new Error('no browser');
    onTestFinished(() => context.close());
    await context.addCookies(await page.context().cookies());
    // It has started once, and remembers nothing else.
    await context.addInitScript(() => window.localStorage.setItem('coulisse.started', 'yes'));
    const other = new Visitor(await context.newPage());
    await other.page.goto(page.url());
    await other.untilPrompt();
    return other;
  };
  const early = await elsewhere();
  await visitor.goToTerminal(1);
  await page.keyboard.press('Control+S');
  await page.keyboard.type('echo held-$((50 + 5))\n');
  await early.byTestId('place-stopped').getByText(texts.deck.stopped).waitFor();
  const late = await elsewhere();
  await late.byTestId('place-stopped').getByText(texts.deck.stopped).waitFor();
  await late.byTestId('place-stopped').getByRole('button', { name: texts.deck.goOn }).click();
  for (const each of [visitor, early, late]) {
    await each.byTestId('place-stopped').waitFor({ state: 'detached' });
    await each.until(async () => (await each.screen(1)).includes('held-55'), 'what was held');
    expect(each.complaints).toEqual([]);
  }
});
