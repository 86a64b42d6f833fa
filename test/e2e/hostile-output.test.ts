// Programs of a lab print what could be more than text to a page: titles, links, markup, the clipboard. Each
// is looked for in the document. Attack A67 of docs/ATTACKS.md, on the page's side.
import { expect, test } from 'vitest';
import { textsOf } from '../../app/ui/texts/texts-of.ts';
import type { Visitor } from '../support/browser.ts';
import { Stage } from '../support/e2e-stage.ts';

const texts = textsOf('en');
const stage = new Stage();

const permissions = ['clipboard-read', 'clipboard-write'];
const start = () => stage.start({ permissions });
const readClipboard = ({ page }: Visitor) => page.evaluate(() => navigator.clipboard.readText());
const writeClipboard = ({ page }: Visitor, text: string) =>
  page.evaluate((words) => navigator.clipboard.writeText(words), text);
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** An element whose attribute runs when it is parsed as markup, whatever it stands in. */
const MARKUP = '"><img src=x onerror=window.hacked=1><script>window.hacked=1</script>';

test('[A67] titles and markup stay text: nothing is made an element, nothing runs', async () => {
  const visitor = await start();
  const { page } = visitor;
  const before = await page.evaluate(() => ({
    title: document.title,
    images: document.images.length,
    scripts: document.scripts.length,
  }));
  await visitor.byTestId('terminal-settings').click();
  await page.getByRole('checkbox', { name: texts.terminal.reader }).check();
  await page.keyboard.press('Escape');
  // Window and icon titles, a working directory, a notification, plain text, and a DCS string.
  const sequences = ['0;', '1;', '2;', '7;file://x/', '9;', '777;notify;x;', '1337;File=:'];
  const oscs = sequences.map((begin) => `\\033]${begin}${MARKUP}\\007`).join('');
  await visitor.type(1, `printf '${oscs}\\033P${MARKUP}\\033\\\\${MARKUP}\\n'`);
  expect(await visitor.screen(1)).toContain('<img src=x onerror=window.hacked=1>');
  const after = await page.evaluate(() => ({
    title: document.title,
    images: document.images.length,
    scripts: document.scripts.length,
  }));
  expect(after).toEqual(before);
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
});

test('[A67] a link leads to the web alone, in a window without a way back', async () => {
  const visitor = await start();
  const { page } = visitor;
  // Kept in the document: what a test puts there is not a page's own.
  const opened = () => page.evaluate(() => document.documentElement.dataset['opened'] ?? '');
  await page.evaluate(() => {
    window.open = (url, target, features) => {
      const { dataset } = document.documentElement;
      dataset['opened'] =
        `${dataset['opened'] ?? ''}${String(url)} ${target ?? ''} ${features ?? ''}
`;
      return null;
    };
  });
  const schemes = ['javascript:window.hacked=1', 'data:text/html,x', 'file:///etc/passwd'];
  const links = [...schemes, 'https://example.org/x'].map(
    (url, index) => `\\033]8;;${url}\\033\\\\link${index}\\033]8;;\\033\\\\`,
  );
  await visitor.type(1, `clear; printf '${links.join('\\n')}\\n'`);
  for (let index = 0; index < links.length; index += 1) {
    const row = page.locator('[data-terminal="1"] .xterm-rows > div', { hasText: `link${index}` });
    const box = await row.first().boundingBox();
    if (box === null) throw new Error('the link is not shown');
    await page.mouse.move(box.x + 20, box.y + box.height / 2);
    await page.mouse.move(box.x + 14, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.up();
  }
  await visitor.until(async () => (await opened()) !== '', 'a link that opens');
  expect(await opened()).toBe('https://example.org/x _blank noopener,noreferrer\n');
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
  expect(await page.locator('#terminals a').count()).toBe(0);
});

test('[A67] a program copies only with leave, which holds until the page is left, and never reads', async () => {
  const visitor = await start();
  const { page } = visitor;
  await writeClipboard(visitor, 'mine');
  const copy = (text: string) => visitor.type(1, `printf '\\033]52;c;${base64(text)}\\007'`);
  const offer = visitor.byTestId('place-offer');
  const answer = (name: string) => offer.getByRole('button', { name, exact: true }).click();

  await copy('first');
  await offer.waitFor();
  expect(await readClipboard(visitor)).toBe('mine');
  await answer(texts.terminal.refuse);
  await copy('second');
  expect(await offer.count()).toBe(0);
  expect(await readClipboard(visitor)).toBe('mine');

  // tmux leaves the target empty.
  await page.reload();
  await visitor.untilPrompt();
  await visitor.type(1, `printf '\\033]52;;${base64('third')}\\007'`);
  await offer.waitFor();
  await answer(texts.terminal.allow);
  await visitor.until(async () => (await readClipboard(visitor)) === 'third', 'the third');
  await copy('fourth');
  await visitor.until(async () => (await readClipboard(visitor)) === 'fourth', 'the fourth');
  expect(await offer.count()).toBe(0);

  await writeClipboard(visitor, 'secret');
  await visitor.type(
    1,
    `printf '\\033]52;c;?\\007'; IFS= read -r -s -t 1 -n 40 answer; printf 'got=%q\\n' "$answer"`,
  );
  const got = /got=(.*)$/m.exec(await visitor.screen(1))?.[1] ?? '';
  expect(got).not.toContain(base64('secret'));
});

test('[A67] a replay of such output after a reload copies nothing and types nothing', async () => {
  const visitor = await start();
  const { page } = visitor;
  await writeClipboard(visitor, 'mine');
  await visitor.type(
    1,
    `printf '\\033]52;c;${base64('again')}\\007\\033[6n\\033[c'; read -r -s -d c -t 9`,
  );
  await visitor.byTestId('place-offer').waitFor();
  const shown = await visitor.screen(1);
  await page.reload();
  await visitor.until(async () => (await visitor.screen(1)) === shown, 'the same screen');
  await visitor.type(1, 'echo typed-$((30 + 1))');
  expect(await visitor.screen(1)).toBe(`${shown} echo typed-$((30 + 1))\ntyped-31\nstudent@lab:~$`);
  expect(await visitor.byTestId('place-offer').count()).toBe(0);
  expect(await readClipboard(visitor)).toBe('mine');
});
