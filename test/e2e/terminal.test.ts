// The terminals of the page as a person uses them: search, clipboard, looks, extra keys, screen reader.
import { expect, test } from 'vitest';
import { textsOf } from '../../app/ui/texts/texts-of.ts';
import { clientMessageSchema } from '../../server/protocol/browser-messages.ts';
import { sizes, Visitor } from '../support/browser.ts';
import { Stage } from '../support/e2e-stage.ts';
import { pathOf } from '../support/lesson-reader.ts';
import { firstWithCheck } from '../support/places.ts';

const texts = textsOf('en');
const stage = new Stage();

async function startWithClipboard(): Promise<Visitor> {
  return stage.start({ permissions: ['clipboard-read', 'clipboard-write'] });
}

const readClipboard = ({ page }: Visitor) => page.evaluate(() => navigator.clipboard.readText());
const writeClipboard = ({ page }: Visitor, text: string) =>
  page.evaluate((words) => navigator.clipboard.writeText(words), text);

/** Clicks on the line of a terminal that has this text, which lies under the emulator's own layers. */
async function clickLine(
  visitor: Visitor,
  text: string,
  options: { clickCount?: number; button?: 'right' },
): Promise<void> {
  const row = visitor.page.locator('[data-terminal="1"] .xterm-rows > div', { hasText: text });
  const box = await row.last().boundingBox();
  if (box === null) throw new Error(`${text} is not shown`);
  await visitor.page.mouse.click(box.x + 12, box.y + box.height / 2, options);
}

/** Selects a line. */
async function selectLine(visitor: Visitor, text: string): Promise<void> {
  await clickLine(visitor, text, { clickCount: 3 });
}

/** As a choice of the browser's own context menu does, which no test can click. */
async function editingCommand(visitor: Visitor, command: 'copy' | 'paste'): Promise<void> {
  const session = await visitor.page.context().newCDPSession(visitor.page);
  const key = { code: 'F13', key: 'F13', windowsVirtualKeyCode: 124 };
  await session.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...key, commands: [command] });
  await session.send('Input.dispatchKeyEvent', { type: 'keyUp', ...key });
  await session.detach();
}

test('a search finds, counts, goes on and back, and Escape returns to the shell', async () => {
  const visitor = await stage.start();
  const { page } = visitor;
  await visitor.type(1, 'seq 101 180');
  await page.keyboard.press('Control+Shift+F');
  await page.keyboard.type('17');
  const count = () => visitor.byTestId('search-count').innerText();
  const counted = (at: number) => texts.deck.search.count({ at, all: 11, hasMore: false });
  // 117 and 170 to 179.
  await visitor.until(async () => (await count()) === counted(11), '11 of 11');
  await page.keyboard.press('Enter');
  await visitor.until(async () => (await count()) === counted(10), '10 of 11');
  await page.getByRole('button', { name: texts.deck.search.next, exact: true }).click();
  await visitor.until(async () => (await count()) === counted(11), '11 again');
  await page.getByLabel(texts.deck.search.label, { exact: true }).fill('nowhere to be found');
  await visitor.until(async () => (await count()) === texts.deck.search.none, 'nothing');
  // More than are counted: it is not the last of them that is found.
  await visitor.type(1, 'seq 1001 2400');
  await page.getByLabel(texts.deck.search.label, { exact: true }).fill('1');
  const many = texts.deck.search.count({ at: 0, all: 1000, hasMore: true });
  await visitor.until(async () => (await count()) === many, many);
  await page.getByLabel(texts.deck.search.label, { exact: true }).press('Escape');
  await visitor.untilDone(1, () => page.keyboard.type('echo back-$((40 + 2))\n'));
  expect(await visitor.screen(1)).toContain('back-42');
  expect(await visitor.byTestId('search-bar').count()).toBe(0);
});

test('Ctrl+Shift+C, and Ctrl+C on a selection, copy; without one, Ctrl+C interrupts', async () => {
  const visitor = await startWithClipboard();
  const { page } = visitor;
  await visitor.type(1, 'echo copy-$((1 + 1)); echo other-$((2 + 2))');
  await selectLine(visitor, 'copy-2');
  await page.keyboard.press('Control+Shift+C');
  await visitor.until(async () => (await readClipboard(visitor)).trim() === 'copy-2', 'the text');
  await selectLine(visitor, 'other-4');
  await page.keyboard.press('Control+C');
  await visitor.until(async () => (await readClipboard(visitor)).trim() === 'other-4', 'the other');
  await page.keyboard.type('sleep 600');
  await page.keyboard.press('Enter');
  await visitor.untilDone(1, () => page.keyboard.press('Control+C'));
  expect(await visitor.screen(1)).toMatch(/sleep 600\n\^C\n.*\$$/);
});

test('several lines are pasted as one, by keyboard and by the context menu', async () => {
  const visitor = await startWithClipboard();
  const { page } = visitor;
  await visitor.goToTerminal(1);
  const lines = 'echo first-$((1 + 0))\necho second-$((1 + 1))';
  await writeClipboard(visitor, lines);
  await page.keyboard.press('Control+Shift+V');
  await visitor.until(async () => (await visitor.screen(1)).includes('second-$'), 'the paste');
  // Bracketed: the shell has both lines to look at, and runs neither.
  expect(await visitor.screen(1)).not.toContain('first-1');
  await visitor.untilDone(1, () => page.keyboard.press('Enter'));
  expect(await visitor.screen(1)).toContain('first-1\nsecond-2');

  // A text that ends its bracket, and would press Enter, is text all the same.
  const hostile = 'echo out-$((8 + 8))\u001b[201~\recho ran-$((9 + 9))\r';
  await writeClipboard(visitor, hostile);
  await page.keyboard.press('Control+Shift+V');
  await visitor.until(async () => (await visitor.screen(1)).includes('ran-$'), 'the paste');
  expect(await visitor.screen(1)).not.toContain('out-16');
  await visitor.untilDone(1, () => page.keyboard.press('Control+C'));

  await writeClipboard(visitor, 'echo by-menu-$((3 + 4))');
  await page.locator('[data-terminal="1"] .xterm-screen').click({ button: 'right' });
  await editingCommand(visitor, 'paste');
  await visitor.until(async () => (await visitor.screen(1)).includes('by-menu-$'), 'the paste');
  await visitor.untilDone(1, () => page.keyboard.press('Enter'));
  expect(await visitor.screen(1)).toContain('by-menu-7');
});

test('the context menu copies what is selected', async () => {
  const visitor = await startWithClipboard();
  await visitor.type(1, 'echo menu-$((5 + 5))');
  await selectLine(visitor, 'menu-10');
  await clickLine(visitor, 'menu-10', { button: 'right' });
  await editingCommand(visitor, 'copy');
  await visitor.until(async () => (await readClipboard(visitor)).includes('menu-10'), 'the copy');
  expect((await readClipboard(visitor)).trim()).toBe('menu-10');
});

test('the size of the text changes, is kept by a reload, and the shell knows its new size', async () => {
  const visitor = await stage.start();
  const { page } = visitor;
  await visitor.type(1, 'stty size');
  const colsOf = (screen: string) => Number(/^\d+ (\d+)$/m.exec(screen)?.[1]);
  const before = colsOf(await visitor.screen(1));
  await visitor.byTestId('terminal-settings').click();
  const larger = page.getByRole('button', { name: texts.deck.larger, exact: true });
  for (let times = 0; times < 6; times += 1) await larger.click();
  const size = await visitor.byTestId('font-size').innerText();
  await page.keyboard.press('Escape');
  await visitor.type(1, 'clear');
  await visitor.type(1, 'stty size');
  const after = colsOf(await visitor.screen(1));
  expect(after).toBeLessThan(before * 0.8);
  await page.reload();
  await visitor.untilPrompt();
  await visitor.byTestId('terminal-settings').click();
  expect(await visitor.byTestId('font-size').innerText()).toBe(size);
});

test('a terminal has colours of its own where that is wished', async () => {
  const visitor = await stage.start({ colorScheme: 'light' });
  const paper = () =>
    visitor.page
      .locator('[data-terminal="1"] .xterm-scrollable-element')
      .evaluate((element) => getComputedStyle(element).backgroundColor);
  const light = await paper();
  const choose = async (name: string) => {
    await visitor.byTestId('terminal-settings').click();
    await visitor.page.getByRole('radio', { name, exact: true }).last().check();
    await visitor.page.keyboard.press('Escape');
  };
  await choose(texts.deck.colour.contrast);
  await visitor.until(async () => (await paper()) === 'rgb(0, 0, 0)', 'a black terminal');
  await choose(texts.deck.colour.dark);
  await visitor.until(async () => !['rgb(0, 0, 0)', light].includes(await paper()), 'a dark one');
  await choose(texts.deck.colour.page);
  await visitor.until(async () => (await paper()) === light, 'the colour of the page');
  expect(await visitor.page.evaluate(() => getComputedStyle(document.body).colorScheme)).toBe(
    'light dark',
  );
});

test('a screen reader is told what a program prints', async () => {
  const visitor = await stage.start();
  await visitor.byTestId('terminal-settings').click();
  await visitor.page.getByRole('checkbox', { name: texts.terminal.reader }).check();
  await visitor.page.keyboard.press('Escape');
  const spoken = visitor.page.locator('[data-terminal="1"] .live-region[aria-live="assertive"]');
  await spoken.waitFor({ state: 'attached' });
  await visitor.goToTerminal(1);
  await visitor.page.keyboard.type('echo said-$((20 + 3))\n');
  await visitor.until(async () => ((await spoken.textContent()) ?? '').includes('said-23'), 'it');
  const rows = visitor.page.locator('[data-terminal="1"] .xterm-accessibility-tree > div');
  expect(await rows.allTextContents()).toContainEqual(expect.stringContaining('said-23'));
});

test('on a touch screen the keys that its keyboard lacks are there', async () => {
  const visitor = await stage.start({ viewport: sizes.phone, hasTouch: true, isMobile: true });
  const { page } = visitor;
  const bar = visitor.byTestId('key-bar');
  const tap = (name: string) => bar.getByRole('button', { name, exact: true }).tap();
  await page.locator('[data-terminal="1"] .xterm-screen').tap();
  await page.keyboard.type('echo a');
  for (const key of ['pipe', 'slash', 'hyphen', 'tilde'] as const) await tap(texts.deck.key[key]);
  await visitor.until(async () => (await visitor.screen(1)).endsWith('echo a|/-~'), 'four keys');
  // ^U takes the line back, and Up brings the one before.
  await tap(texts.deck.key.ctrl);
  await page.keyboard.type('u');
  await visitor.until(async () => (await visitor.screen(1)).endsWith('$'), 'an empty line');
  await visitor.untilDone(1, () => page.keyboard.type('echo up-$((6 + 6))\n'));
  await tap(texts.deck.key.up);
  await visitor.until(async () => (await visitor.screen(1)).endsWith('))'), 'the line before');
  await tap(texts.deck.key.ctrl);
  await page.keyboard.type('c');
  await visitor.until(async () => (await visitor.screen(1)).endsWith('$'), 'an interrupt');
  // A keyboard that gives a word as one: ^U, and the rest of it.
  await page.keyboard.type('away');
  await tap(texts.deck.key.ctrl);
  await page.keyboard.insertText('uls /etc/debian_v');
  await tap(texts.deck.key.tab);
  await visitor.until(async () => (await visitor.screen(1)).includes('debian_version'), 'the name');
  expect(await visitor.screen(1)).not.toContain('away');
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA');
  // Before anything was touched, too.
  await page.setViewportSize(sizes.tablet);
  await page.reload();
  await visitor.until(async () => (await visitor.screen(1)).includes('debian_version'), 'the line');
  await tap(texts.deck.key.tilde);
  await visitor.until(async () => (await visitor.screen(1)).endsWith('~'), 'the key');
});

test('a tab that is opened behind another takes no size from it before it is looked at', async () => {
  const visitor = await stage.start();
  const { page } = visitor;
  const sizeOf = async (): Promise<string | undefined> => {
    await visitor.type(1, 'clear; stty size');
    return /^\d+ \d+$/m.exec(await visitor.screen(1))?.[0];
  };
  const size = await sizeOf();
  const second = new Visitor(await page.context().newPage());
  await second.page.addInitScript(() => {
    let visibility = 'hidden';
    Object.defineProperty(document, 'visibilityState', { get: () => visibility });
    addEventListener('looked-at', () => {
      visibility = 'visible';
      document.dispatchEvent(new Event('visibilitychange'));
    });
  });
  await second.page.setViewportSize(sizes.tablet);
  await second.page.goto(page.url());
  await second.byTestId('connection-status').getByText(texts.connection.live).waitFor();
  await second.page.waitForTimeout(1_000);
  expect(await second.screen(1)).toBe('');
  expect(await sizeOf()).toBe(size);
  await second.page.evaluate(() => dispatchEvent(new Event('looked-at')));
  await second.untilPrompt();
  await visitor.byTestId('place-elsewhere').waitFor();
  expect(await sizeOf()).not.toBe(size);
});

test('a terminal that could not be opened is tried again by Enter and by its button', async () => {
  const visitor = await stage.visit(pathOf('en', firstWithCheck));
  const { page } = visitor;
  let refusals = 2;
  await page.routeWebSocket('**/link', (route) => {
    const link = route.connectToServer();
    route.onMessage((message) => {
      const asked =
        typeof message === 'string' ? clientMessageSchema.parse(JSON.parse(message)) : undefined;
      if (asked?.type !== 'open' || refusals === 0) return link.send(message);
      refusals -= 1;
      // As link answers where keeper fails.
      const refusal = { type: 'error', code: 'lab-failed', sentence: 'no', request: asked.request };
      return route.send(JSON.stringify(refusal));
    });
  });
  await page.reload();
  await visitor.byTestId('start').click();
  const failed = visitor.byTestId('place-failed');
  await failed.waitFor();
  await page.locator('[data-terminal="1"] .xterm-screen').click();
  await page.keyboard.press('Enter');
  await visitor.until(async () => refusals === 0, 'another attempt');
  await failed.getByRole('button', { name: texts.connection.tryAgain }).click();
  await visitor.untilPrompt();
  expect(await failed.count()).toBe(0);
});
