// A learner records a terminal, earns a tick, and plays what was recorded; the file that is downloaded.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { textsOf } from '../../app/ui/texts/texts-of.ts';
import type { Visitor } from '../support/browser.ts';
import { joined, readCast } from '../support/cast.ts';
import { Stage } from '../support/e2e-stage.ts';
import { LessonReader } from '../support/lesson-reader.ts';
import { firstWithCheck } from '../support/places.ts';

const texts = textsOf('en').deck.record;
const stage = new Stage({ COULISSE_RECORDING_MIB: '1' });

/** What the player draws, as text. */
const played = async (visitor: Visitor) =>
  (await visitor.byTestId('player').innerText()).replaceAll('\u00a0', ' ');

async function play(visitor: Visitor): Promise<void> {
  await visitor.byTestId('terminal-settings').click();
  await visitor.byTestId('play-recording').click();
}

test('[P27] recorded, ticked, reloaded, stopped, played with its ticks, and downloaded', async () => {
  const visitor = await stage.start();
  const { page } = visitor;
  await visitor.type(1, 'echo bef""ore');
  await visitor.byTestId('record').click();
  await visitor.byTestId('recording-mark').waitFor();
  const reader = new LessonReader(visitor, 'en');
  await reader.typeSolution(firstWithCheck);
  const [check] = firstWithCheck.step.checks;
  if (check !== undefined) await reader.readTick(check);
  await page.reload();
  await visitor.byTestId('recording-mark').waitFor();
  await visitor.untilPrompt();
  await visitor.type(1, 'echo aft""er-the-reload');
  await page.getByRole('button', { name: texts.stop, exact: true }).click();
  await visitor.byTestId('recording-mark').waitFor({ state: 'detached' });

  await play(visitor);
  await visitor.until(async () => (await played(visitor)).includes('student@lab'), 'the screen');
  const lab = visitor.byTestId('recorded-xray');
  expect(await lab.getByTestId('xray-process').first().innerText()).toContain('init');
  const ticks = visitor.byTestId('recording').getByRole('navigation', { name: texts.markers });
  expect(await ticks.getByRole('button').count()).toBe(firstWithCheck.step.checks.length);
  await ticks.getByRole('button').last().click();
  await visitor.until(
    async () => (await played(visitor)).includes('after-the-reload'),
    'what came after the tick',
  );
  const coming = page.waitForEvent('download');
  await visitor.byTestId('recording').getByRole('button', { name: texts.download }).click();
  const download = await coming;
  expect(download.suggestedFilename()).toMatch(/^coulisse-terminal-1\.cast$/);
  const cast = readCast(readFileSync(await download.path(), 'utf8'));
  expect(joined(cast, 'o')).toContain('after-the-reload\r\n');
  expect(joined(cast, 'o')).not.toContain('before');
  const { chapter, step } = firstWithCheck;
  const ids = step.checks.map(({ id }) => `${chapter.id}/${step.id}/${id}`);
  expect(joined(cast, 'm', ' ').split(' ').toSorted()).toEqual(ids.toSorted());
  await page.keyboard.press('Escape');
  await visitor.byTestId('recording').waitFor({ state: 'detached' });
});

test('[P28] a replay shows the networks as they were', async () => {
  const visitor = await stage.start();
  const { page } = visitor;
  await visitor.byTestId('record').click();
  await visitor.byTestId('recording-mark').waitFor();
  await visitor.type(
    1,
    'sudo ip netns add blue && sudo ip link add to-blue type veth peer name eth0 netns blue; sleep 1.5',
  );
  await visitor.type(1, 'sudo ip netns del blue; sleep 1.5');
  await page.getByRole('button', { name: texts.stop, exact: true }).click();
  await visitor.byTestId('recording-mark').waitFor({ state: 'detached' });
  await play(visitor);
  const lab = visitor.byTestId('recorded-xray');
  await lab.getByRole('tab', { name: textsOf('en').xray.tabs.network }).click();
  const regions = lab.getByTestId('xray-network');
  await lab.getByTestId('xray-veth').waitFor({ state: 'attached' });
  expect(await regions.count()).toBe(2);
  expect(await regions.nth(1).innerText()).toContain('blue');
  await visitor.until(async () => (await regions.count()) === 1, 'the end of the network');
  expect(await lab.getByTestId('xray-veth').count()).toBe(0);
});

test('[P28] a replay that has come to its end shows no processor at work', async () => {
  const visitor = await stage.start();
  const { page } = visitor;
  await visitor.byTestId('record').click();
  await visitor.byTestId('recording-mark').waitFor();
  await visitor.type(1, "timeout 4 sh -c 'while :; do :; done' & sleep 2.5");
  await page.getByRole('button', { name: texts.stop, exact: true }).click();
  await visitor.byTestId('recording-mark').waitFor({ state: 'detached' });
  await play(visitor);
  const lab = visitor.byTestId('recorded-xray');
  const { tabs, groups } = textsOf('en').xray;
  await lab.getByRole('tab', { name: tabs.groups }).click();
  const bar = lab.getByTestId('xray-bar').filter({ hasText: groups.processor }).first();
  const share = async (): Promise<number> =>
    Number.parseFloat((await bar.locator('i').getAttribute('style'))?.replace(/[^\d.]/g, '') ?? '');
  await visitor.until(async () => (await share()) > 10, 'a processor at work');
  await visitor.until(async () => (await share()) === 0, 'rest at the end');
  expect(await share()).toBe(0);
});

test('[P27] link killed by -9: the recording goes on, and its replay says where something may be missing', async () => {
  const visitor = await stage.start();
  const { page } = visitor;
  await visitor.byTestId('record').click();
  await visitor.byTestId('recording-mark').waitFor();
  await visitor.type(1, 'echo bef""ore');
  const status = page.getByTestId('connection-status');
  process.kill(stage.house.pidOf('link'), 'SIGKILL');
  await visitor.until(
    async () => (await status.getAttribute('data-phase')) !== 'live',
    'an end of the connection',
  );
  await visitor.until(
    async () => (await status.getAttribute('data-phase')) === 'live',
    'the connection',
  );
  await visitor.byTestId('recording-mark').waitFor();
  await visitor.type(1, 'echo aft""erwards');
  await page.getByRole('button', { name: texts.stop, exact: true }).click();
  await visitor.byTestId('recording-mark').waitFor({ state: 'detached' });
  await play(visitor);
  const marks = visitor.byTestId('recording').getByRole('navigation', { name: texts.markers });
  expect(await marks.getByRole('button').allInnerTexts()).toEqual([
    expect.stringContaining(textsOf('en').deck.torn),
  ]);
  await visitor.until(async () => (await played(visitor)).includes('before'), 'what came before');
  await visitor.until(
    async () => (await played(visitor)).includes('afterwards'),
    'what came after',
  );
  const own = visitor.complaints.filter((complaint) => !/net::ERR|WebSocket/.test(complaint));
  visitor.complaints.splice(0, visitor.complaints.length, ...own);
});

test('[P27] a recording that has reached its bound says so, and plays', async () => {
  const visitor = await stage.start();
  const { page } = visitor;
  await visitor.byTestId('record').click();
  await visitor.byTestId('recording-mark').waitFor();
  await visitor.type(1, 'seq 1 200000');
  await page.getByText(textsOf('en').notice['recording-full']).waitFor();
  expect(await visitor.byTestId('recording-mark').count()).toBe(0);
  await play(visitor);
  await visitor.until(async () => /\d{4}\s+\d{4}/.test(await played(visitor)), 'numbers');
  expect(await visitor.byTestId('recording').isVisible()).toBe(true);
});
