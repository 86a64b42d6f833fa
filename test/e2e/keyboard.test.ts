// Two people in one lab: a helper asks for the keyboard, types with it, and the learner takes it back; each page says
// who has it. And the mark at a place where bytes may be missing.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { textsOf } from '../../app/ui/texts/texts-of.ts';
import { newLearnerId } from '../../server/foundation/random-id.ts';
import { sign } from '../../server/foundation/signature.ts';
import { GRANT_LIFETIME_MS, type Grant } from '../../server/protocol/grant.ts';
import type { LabAnswer } from '../../server/protocol/web-api.ts';
import { newVisitor, sizes, Visitor } from '../support/browser.ts';
import { Stage } from '../support/e2e-stage.ts';
import { pathOf } from '../support/lesson-reader.ts';
import { firstWithCheck } from '../support/places.ts';

const texts = textsOf('fr').deck.keyboard;
const artifacts = join(import.meta.dirname, '../artifacts');
const stage = new Stage();

/** The name of the lab that a learner's page is in. */
async function labOf(learner: Visitor): Promise<string> {
  const cookies = await learner.page.context().cookies();
  const cookie = cookies.find(({ name }) => name === 'coulisse');
  return (await stage.house.arrive(`coulisse=${cookie?.value ?? ''}`)).answer.lab;
}

/** What web will answer a helper once there are workshops; signed with the house's own key. */
function answerForHelper(lab: string): LabAnswer {
  const key = Buffer.from(readFileSync(join(stage.house.stateDir, 'secret.key'), 'utf8'), 'hex');
  const expires = Date.now() + GRANT_LIFETIME_MS;
  const grant: Grant = {
    lab,
    learner: newLearnerId(),
    role: 'helper',
    address: '127.0.0.1',
    expires,
  };
  return { lab, grant: sign(key, 'grant', JSON.stringify(grant)), expires };
}

async function comeAsHelper(lab: string): Promise<Visitor> {
  const helper = await newVisitor(stage.browser, { viewport: sizes.tablet, colorScheme: 'dark' });
  stage.visitors.push(helper);
  await helper.page.route('**/api/lab', (route) => route.fulfill({ json: answerForHelper(lab) }));
  await helper.page.goto(`${stage.house.url}${pathOf('fr', firstWithCheck)}`);
  await helper.byTestId('start').click();
  await helper.untilPrompt();
  return helper;
}

async function picture(visitor: Visitor, name: string): Promise<void> {
  mkdirSync(artifacts, { recursive: true });
  await visitor.page.screenshot({ path: join(artifacts, `keyboard-${name}.png`) });
}

/** The browser's own words about a connection that we have cut. */
function forgiveCuts(visitor: Visitor): void {
  const own = visitor.complaints.filter((each) => !/net::ERR|WebSocket|status of 50/.test(each));
  visitor.complaints.splice(0, visitor.complaints.length, ...own);
}

const bar = (visitor: Visitor) => visitor.byTestId('keyboard');
const stateOf = (visitor: Visitor) => bar(visitor).getAttribute('data-state');
const isIn = (visitor: Visitor, state: string) => async () =>
  (await bar(visitor).count()) === 1 && (await stateOf(visitor)) === state;
const press = (visitor: Visitor, name: string) =>
  bar(visitor).getByRole('button', { name }).click();
const shows = (visitor: Visitor, text: string) => async () =>
  (await visitor.screen(1)).includes(text);

async function typeInto(visitor: Visitor, text: string): Promise<void> {
  await visitor.page.locator('[data-terminal="1"] .xterm-screen').click();
  await visitor.page.keyboard.type(text);
}

test('[P31] a helper asks for the keyboard, types with it, and the learner takes it back', async () => {
  const learner = await stage.start({ path: pathOf('fr', firstWithCheck) });
  expect(await bar(learner).count()).toBe(0);
  const helper = await comeAsHelper(await labOf(learner));
  await helper.until(isIn(helper, 'watching'), 'that the helper watches');
  expect(await helper.byTestId('open-terminal-2').count()).toBe(0);
  await picture(helper, 'watching');

  // Without the keyboard nothing is typed, and nothing is counted that never went.
  await typeInto(helper, 'echo never\n');
  await press(helper, texts.ask);
  await helper.until(isIn(helper, 'waits'), 'that the helper waits');
  await learner.until(isIn(learner, 'asked'), 'that somebody asks');
  await picture(learner, 'asked');
  await press(learner, texts.lend);
  await helper.until(isIn(helper, 'yours'), 'that the helper has it');
  await learner.until(isIn(learner, 'lent'), 'that it is lent');
  await typeInto(helper, 'echo by the help""er\n');
  await learner.until(shows(learner, '\nby the helper\n'), 'what the helper typed');
  expect(await learner.screen(1)).not.toContain('never');
  await picture(learner, 'lent');
  await picture(helper, 'yours');
  // Nothing was asked that only the learner may.
  expect(await helper.page.getByText(textsOf('fr').notice['read-only']).count()).toBe(0);

  await typeInto(learner, 'echo lost\n');
  await press(learner, texts.takeBack);
  await helper.until(isIn(helper, 'watching'), 'that the helper watches again');
  await learner.until(async () => (await bar(learner).count()) === 0, 'that all is as usual');
  await typeInto(learner, 'echo mine ag""ain\n');
  await helper.until(shows(helper, '\nmine again\n'), 'what the learner typed');
  await learner.until(shows(learner, '\nmine again\n'), 'what it typed itself');
  expect(await helper.screen(1)).not.toContain('lost');
  expect(await learner.screen(1)).toBe(await helper.screen(1));
});

test('[P15] two tabs: the terminal has the size of the one that set it last, and both draw that', async () => {
  const first = await stage.start({ path: pathOf('fr', firstWithCheck) });
  const second = new Visitor(await first.page.context().newPage());
  await second.page.setViewportSize({ width: 1_200, height: 700 });
  await second.page.goto(first.page.url());
  await second.untilPrompt();
  const elsewhere = first.byTestId('place-elsewhere');
  await elsewhere.waitFor();
  const rows = ({ page }: Visitor) => page.locator('[data-terminal="1"] .xterm-rows > div').count();
  const shared = await rows(second);
  await first.until(async () => (await rows(first)) === shared, 'the size of the other');

  // Its own window changes, and its connection is cut: the size is still the other's.
  await first.page.setViewportSize({ width: 1_440, height: 1_000 });
  await first.type(1, 'stty size');
  expect(await first.screen(1)).toMatch(new RegExp(`^${shared} \\d+$`, 'm'));
  expect([await rows(first), await rows(second)]).toEqual([shared, shared]);
  process.kill(stage.house.pidOf('link'), 'SIGKILL');
  await first.byTestId('away').waitFor();
  await first.byTestId('away').waitFor({ state: 'detached' });
  await first.type(1, 'clear; stty size');
  expect(await first.screen(1)).toMatch(new RegExp(`^${shared} \\d+$`, 'm'));
  expect([await rows(first), await rows(second)]).toEqual([shared, shared]);

  await elsewhere.getByRole('button').click();
  await elsewhere.waitFor({ state: 'detached' });
  const own = await rows(first);
  expect(own).not.toBe(shared);
  await first.type(1, 'clear; stty size');
  expect(await first.screen(1)).toMatch(new RegExp(`^${own} \\d+$`, 'm'));
  expect(await rows(second)).toBe(own);
  forgiveCuts(first);
});

test('[P31] who is declined may ask again, and a learner on a phone can answer', async () => {
  const learner = await stage.start({
    path: pathOf('en', firstWithCheck),
    viewport: sizes.phone,
    hasTouch: true,
  });
  const english = textsOf('en').deck.keyboard;
  const helper = await comeAsHelper(await labOf(learner));
  await press(helper, texts.ask);
  await learner.until(isIn(learner, 'asked'), 'that somebody asks');
  await picture(learner, 'asked-phone');
  await press(learner, english.decline);
  await helper.until(isIn(helper, 'watching'), 'that the helper is declined');
  await press(helper, texts.ask);
  await learner.until(isIn(learner, 'asked'), 'that somebody asks again');
  await press(helper, texts.cancel);
  await learner.until(async () => (await bar(learner).count()) === 0, 'that nobody asks');
  expect(await stateOf(helper)).toBe('watching');
});

test('[P10] the place where a killed link may have left out bytes is marked', async () => {
  const visitor = await stage.start({ path: pathOf('fr', firstWithCheck) });
  await visitor.type(1, 'echo before');
  process.kill(stage.house.pidOf('link'), 'SIGKILL');
  const mark = visitor.page.locator('[data-testid="torn"]');
  // What is typed meanwhile is sent by the page when link is back.
  await typeInto(visitor, 'echo aft""er\n');
  await visitor.until(shows(visitor, '\nafter\n'), 'that the terminal goes on');
  await visitor.until(async () => (await mark.count()) === 1, 'the mark');
  expect(await mark.getAttribute('aria-label')).toBe(textsOf('fr').deck.torn);
  await picture(visitor, 'torn');
  forgiveCuts(visitor);
});
