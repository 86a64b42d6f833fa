// What a page shows and says while its lab is away and once it is back: reload in the middle of vim, a network
// that is gone, link and web killed.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { textsOf } from '../../app/ui/texts/texts-of.ts';
import { statusAnswerSchema } from '../../server/protocol/web-api.ts';
import type { Visitor } from '../support/browser.ts';
import { Stage } from '../support/e2e-stage.ts';

const texts = textsOf('en').deck;
const artifacts = join(import.meta.dirname, '../artifacts');
const stage = new Stage();

/** The browser's own words about a connection that we have cut. */
function forgiveCuts(visitor: Visitor): void {
  const own = visitor.complaints.filter(
    (complaint) => !/net::ERR|WebSocket|status of 50/.test(complaint),
  );
  visitor.complaints.splice(0, visitor.complaints.length, ...own);
}

test('a reload in the middle of vim shows the same screen, and vim goes on', async () => {
  const visitor = await stage.start();
  const { page } = visitor;
  await visitor.type(1, 'for n in $(seq 1 60); do echo "line $n of a file"; done > file.txt');
  await page.keyboard.type('vi -N -c "set showmode number" file.txt\n');
  const shows = (text: string) => async () => (await visitor.screen(1)).includes(text);
  await visitor.until(shows('line 3 of a file'), 'vim');
  await page.keyboard.type('20G');
  await page.keyboard.type('Iseen before the reload: ');
  await visitor.until(shows('seen before the reload: line 20'), 'the insertion');
  await visitor.until(shows('-- INSERT --'), 'the mode');
  const before = await visitor.screen(1);
  const picture = page.locator('[data-terminal="1"] .xterm-screen');
  const pictureBefore = await picture.screenshot();

  await page.reload();
  await visitor.until(async () => (await visitor.screen(1)) === before, 'the same screen');
  mkdirSync(artifacts, { recursive: true });
  writeFileSync(join(artifacts, 'vim-before-reload.png'), pictureBefore);
  await page.screenshot({ path: join(artifacts, 'vim-after-reload.png') });
  await picture.click();
  await page.keyboard.type('and after it. ');
  await visitor.until(shows('before the reload: and after it. line 20'), 'more of it');
  await page.keyboard.press('Escape');
  await visitor.untilDone(1, () => page.keyboard.type(':wq\n'));
  await visitor.type(1, 'sed -n 20p file.txt');
  expect(await visitor.screen(1)).toContain(
    '\nseen before the reload: and after it. line 20 of a file\n',
  );
});

test('without a network the page says so, keeps what is typed, and goes on by itself', async () => {
  const visitor = await stage.start();
  const { page } = visitor;
  await visitor.type(1, 'echo be""fore');
  await page.context().setOffline(true);
  // What is offline for new connections is cut for the old one: as a Wi-Fi that is gone.
  const link = stage.house.pidOf('link');
  process.kill(link, 'SIGKILL');
  await visitor.byTestId('away').getByText(texts.away.offline).waitFor();
  await visitor.byTestId('away').getByText(texts.away.kept).waitFor();
  await page.keyboard.type('echo typed-$((40 + 4))\n');
  // A reload would lose it: the browser asks first.
  const asked = page.waitForEvent('dialog');
  await page.evaluate(() => void window.setTimeout(() => window.location.reload()));
  const dialog = await asked;
  expect(dialog.type()).toBe('beforeunload');
  await dialog.dismiss();
  await page.context().setOffline(false);
  await visitor.byTestId('away').waitFor({ state: 'detached' });
  await visitor.until(async () => (await visitor.screen(1)).includes('typed-44'), 'what was typed');
  const typed = (await visitor.screen(1)).match(/typed-44/g);
  expect(typed).toHaveLength(1);
  forgiveCuts(visitor);
});

test('[P10] keys typed while a reloaded page still reads what it missed arrive once', async () => {
  const visitor = await stage.start();
  const { page } = visitor;
  // Queries that the emulator answers, which nobody waits for any more, and as much as the ring holds.
  await visitor.type(1, String.raw`printf '\e[6n\e[c'; read -rsn 99 -t 0.3; seq 1 150000`);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 20 });
  await page.reload();
  await visitor.until(async () => (await visitor.screen(1)) !== '', 'the beginning of the replay');
  expect(await visitor.screen(1)).not.toContain('150000');
  await page.locator('.xterm-helper-textarea').first().focus();
  await page.keyboard.type('echo typed-$((40 + 4))');
  await page.keyboard.press('Enter');
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  await visitor.until(async () => (await visitor.screen(1)).includes('typed-44'), 'what was typed');
  await visitor.untilPrompt(1);
  const screen = await visitor.screen(1);
  expect(screen.match(/typed-44/g)).toHaveLength(1);
  // No answer of the emulator was typed again.
  expect(screen).toMatch(/\n150000\nstudent@lab:~\$ echo typed-\$\(\(40 \+ 4\)\)\ntyped-44\n/);
});

test('link killed by -9: the page comes back by itself to the same shell, and marks what is missing', async () => {
  const visitor = await stage.start();
  await visitor.type(1, 'kept=value-$((50 + 5))');
  process.kill(stage.house.pidOf('link'), 'SIGKILL');
  await visitor.until(
    async () => (await visitor.byTestId('connection-status').getAttribute('data-phase')) !== 'live',
    'an end of the connection',
  );
  await visitor.page.locator('[data-testid="connection-status"][data-phase="live"]').waitFor();
  const gap = visitor.byTestId('place-gap');
  if ((await gap.count()) > 0) {
    await gap.getByRole('button', { name: texts.redraw, exact: true }).click();
    await visitor.untilPrompt();
  }
  await visitor.type(1, 'echo $kept');
  expect(await visitor.screen(1)).toContain('\nvalue-55\n');
  forgiveCuts(visitor);
});

test('[P16] a shell that ends while its page is away is shown with its last words and how it ended', async () => {
  const visitor = await stage.start();
  const { page } = visitor;
  const url = page.url();
  await visitor.goToTerminal(1);
  await page.keyboard.type('sleep 1; echo last wo""rds; exit 3\n');
  await page.goto('about:blank');
  await setTimeout(2_000);
  await page.goto(url);
  const ended = visitor.byTestId('place-ended');
  await ended.getByText(textsOf('en').terminal.exitCode(3)).waitFor();
  expect(await visitor.screen(1)).toContain('\nlast words\n');
  await page.reload();
  await ended.getByText(textsOf('en').terminal.exitCode(3)).waitFor();
  await page.locator('[data-terminal="1"] .xterm-screen').click();
  await page.keyboard.press('Enter');
  await visitor.untilPrompt();
  expect(await ended.count()).toBe(0);
});

test('an attempt that hangs is given up for a new one when the person asks for it', async () => {
  const visitor = await stage.start();
  const { page } = visitor;
  let isSwallowed = true;
  await page.route('**/api/lab', (route) => (isSwallowed ? undefined : route.continue()));
  process.kill(stage.house.pidOf('link'), 'SIGKILL');
  const status = visitor.byTestId('connection-status');
  await visitor.until(
    async () => (await status.getAttribute('data-phase')) === 'connecting',
    'an attempt',
  );
  await visitor.until(async () => {
    const answer = await fetch(`${stage.house.url}/api/status`);
    return statusAnswerSchema.parse(await answer.json()).ready;
  }, 'link again');
  isSwallowed = false;
  const phases = await status.evaluateHandle((element) => {
    const seen: (string | null)[] = [];
    const look = new MutationObserver(() => seen.push(element.getAttribute('data-phase')));
    look.observe(element, { attributeFilter: ['data-phase'] });
    return seen;
  });
  const again = textsOf('en').connection.retryNow;
  await visitor.byTestId('away').getByRole('button', { name: again }).click();
  await visitor.byTestId('away').waitFor({ state: 'detached' });
  // That one has never ended by itself.
  expect(await phases.jsonValue()).toEqual(['live']);
  await visitor.type(1, 'echo back ag""ain');
  expect(await visitor.screen(1)).toContain('\nback again\n');
  forgiveCuts(visitor);
});

test('a cut moves nothing: the terminal keeps its place and its size, and its program hears of none', async () => {
  const visitor = await stage.start();
  const { page } = visitor;
  await visitor.goToTerminal(1);
  const watch = `$SIG{WINCH} = sub { syswrite STDOUT, "another size\\n" }; sleep 1 while 1`;
  await page.keyboard.type(`echo watch""ing; perl -e '${watch}'\n`);
  await visitor.until(async () => /^watching$/m.test(await visitor.screen(1)), 'the program');
  const place = () => page.locator('[data-terminal="1"] .xterm-screen').boundingBox();
  const before = await place();
  await page.context().setOffline(true);
  process.kill(stage.house.pidOf('link'), 'SIGKILL');
  await visitor.byTestId('away').getByText(texts.away.offline).waitFor();
  expect(await place()).toEqual(before);
  await page.context().setOffline(false);
  await page.locator('[data-testid="connection-status"][data-phase="live"]').waitFor();
  await visitor.byTestId('away').waitFor({ state: 'detached' });
  await visitor.untilDone(1, () => page.keyboard.press('Control+C'));
  expect(await visitor.screen(1)).not.toContain('another size');
  forgiveCuts(visitor);
});

test('[P32] a reload shows what was drawn before more output than is kept', async () => {
  const visitor = await stage.start();
  // A title above lines that scroll: an editor's screen, drawn once.
  const frame = String.raw`\e[2J\e[1;1Ha title\e[3;20r\e[3;1H`;
  await visitor.type(1, `printf '${frame}'; seq 1 300000`);
  const before = await visitor.screen(1);
  await visitor.page.reload();
  await visitor.until(async () => (await visitor.screen(1)) === before, 'the same screen');
  expect(before).toMatch(/^a title\n[^]*\n300000\nstudent@lab:~\$$/);
  expect(await visitor.byTestId('place-gap').count()).toBe(0);
});

test('[P10] output that is no longer kept is marked, until that was seen', async () => {
  const visitor = await stage.start();
  await visitor.type(1, 'seq 1 300000');
  process.kill(stage.house.pidOf('link'), 'SIGKILL');
  // As after a disk that was full: what the ring has forgotten was not drawn either.
  const streams = join(stage.house.stateDir, 'link/streams');
  for (const name of readdirSync(streams, { recursive: true, encoding: 'utf8' })) {
    if (name.endsWith('.screen')) rmSync(join(streams, name));
  }
  await visitor.page.reload();
  const gap = visitor.byTestId('place-gap');
  await gap.getByText(texts.gap).waitFor();
  await visitor.until(
    async () => (await visitor.screen(1)).endsWith('\n300000\nstudent@lab:~$'),
    'the end of the output',
  );
  await gap.getByRole('button', { name: texts.dismiss, exact: true }).click();
  await gap.waitFor({ state: 'detached' });
  expect(await visitor.byTestId('away').count()).toBe(0);
  forgiveCuts(visitor);
});

test('web killed by -9: terminals go on without a word', async () => {
  const visitor = await stage.start();
  process.kill(stage.house.pidOf('web'), 'SIGKILL');
  await visitor.type(1, 'echo un-$((60 + 6))-cut');
  expect(await visitor.screen(1)).toContain('un-66-cut');
  expect(await visitor.byTestId('away').count()).toBe(0);
  await visitor.until(async () => {
    const status = await fetch(`${stage.house.url}/api/status`).catch(() => undefined);
    return status?.ok === true;
  }, 'web again');
  forgiveCuts(visitor);
});
