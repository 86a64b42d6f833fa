// Checks as a page sees them, and what web hears of them: earned by what is typed, once, and never lost.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { socketNames } from '../../server/foundation/child-setup.ts';
import type { Earned } from '../../server/protocol/peer-messages.ts';
import type { LabClient } from '../support/lab-client.ts';
import { newLabId } from '../../server/foundation/random-id.ts';
import { openLinkHouse, type LinkHouse } from '../support/link-house.ts';
import { openShell, run, waitUntil } from '../support/link-shell.ts';
import { tinyCourse, tinyStep } from '../support/tiny-course.ts';
import { WebEnd } from '../support/web-end.ts';

let house: LinkHouse;
let dir: string;
let file: string;
let webs: WebEnd[];
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'checks-'));
  file = join(dir, 'made');
  webs = [];
  house = await openLinkHouse({ courses: [tinyCourse(file)] });
});
afterEach(async () => {
  for (const web of webs) web.close();
  await house.close();
  rmSync(dir, { recursive: true });
});

function connectWeb(): WebEnd {
  const web = new WebEnd(join(house.setup.runDir, socketNames.link));
  webs.push(web);
  return web;
}

/** What a web that connects now is told to store. */
async function hearAll(): Promise<readonly Earned[]> {
  const web = connectWeb();
  await web.ready();
  return web.earned;
}

/** Opens the step and earns its check by typing. */
async function earn(page: LabClient): Promise<void> {
  await page.readStep(tinyStep);
  page.terminals.get(1)?.type(`printf 12345 > ${file}\n`);
  await page.waitForCheck('made');
}

describe('checks', () => {
  test('[P17] a step is answered by its checks, which are not earned yet', async () => {
    const { page } = await openShell(house);
    const { checks } = await page.readStep(tinyStep);
    expect(checks).toEqual([{ check: 'made', earned: false, follows: false, holds: false }]);
  });
  test('[P17] what is typed earns a check by itself, with what was seen', async () => {
    const { page, terminal } = await openShell(house);
    await page.readStep(tinyStep);
    terminal.type(`printf 12345 > ${file}\n`);
    expect((await page.waitForCheck('made')).checks).toEqual([
      { check: 'made', earned: true, follows: false, holds: true, seen: { size: '5' } },
    ]);
  });
  test('[P17] an earned check stays earned when it no longer holds', async () => {
    const { page, terminal } = await openShell(house);
    await earn(page);
    terminal.type(`rm ${file}\n`);
    const isGone = await page.next('checks', (message) => message.checks[0]?.holds === false);
    expect(isGone.checks[0]).toMatchObject({ earned: true, holds: false, seen: { size: '5' } });
  });
  test('[P17] a check that follows is earned while it holds, and stored the first time', async () => {
    const following = await openLinkHouse({ courses: [tinyCourse(file, { follow: true })] });
    onTestFinished(() => following.close());
    const { page, terminal } = await openShell(following);
    await page.readStep(tinyStep);
    const states: unknown[] = [];
    for (const line of [`printf 12345 > ${file}`, `rm ${file}`, `printf 1 > ${file}`]) {
      const wanted = line.startsWith('printf');
      terminal.type(`${line}\n`);
      const told = await page.next('checks', ({ checks }) => checks[0]?.earned === wanted);
      states.push(told.checks[0]);
    }
    const made = { check: 'made', follows: true };
    expect(states).toEqual([
      { ...made, earned: true, holds: true, seen: { size: '5' } },
      { ...made, earned: false, holds: false },
      { ...made, earned: true, holds: true, seen: { size: '1' } },
    ]);
    const web = new WebEnd(join(following.setup.runDir, socketNames.link));
    webs.push(web);
    await web.ready();
    expect(web.earned.map(({ check, seen }) => ({ check, seen }))).toEqual([
      { check: 'made', seen: { size: '5' } },
    ]);
  });
  test('[P17] a hint fits what was printed since the last line, however it was typed', async () => {
    const { page, terminal } = await openShell(house);
    await page.readStep(tinyStep);
    // The echo of a line is not what it printed.
    await run(terminal, ': not permitted');
    page.send({ type: 'check-now' });
    expect((await page.next('checks')).hints).toEqual([]);
    terminal.type('echo Operation not per""mitted\n');
    expect((await page.next('checks', ({ hints }) => hints.length > 0)).hints).toEqual(['denied']);
    terminal.type('true\n');
    expect((await page.next('checks', ({ hints }) => hints.length === 0)).hints).toEqual([]);
  });
  test('[P17] check-now is answered though nothing changed', async () => {
    const { page } = await openShell(house);
    await page.readStep(tinyStep);
    page.send({ type: 'check-now' });
    expect((await page.next('checks')).checks[0]?.earned).toBe(false);
  });
  test('[P17] a step that is not there, or in another version, is an error', async () => {
    const { page } = await openShell(house);
    page.send({ type: 'step', step: { ...tinyStep, version: 2 } });
    expect((await page.next('error')).code).toBe('no-such-step');
    page.send({ type: 'check-now' });
    expect((await page.next('error')).code).toBe('no-such-step');
  });
  test('[P17] link looks at a lab while its learner is there, though no step is read', async () => {
    const { terminal } = await openShell(house);
    await waitUntil(() => house.keeper.observations > 0);
    const before = house.keeper.observations;
    terminal.type('echo hello\n');
    await expect(waitUntil(() => house.keeper.observations > before)).resolves.toBeUndefined();
  });
  test('[P18] an answer to a quiz is right or wrong, and a right one is earned', async () => {
    const web = connectWeb();
    const { page } = await openShell(house);
    await page.readStep(tinyStep);
    expect(await page.answerQuiz('which', 'wrong')).toBe(false);
    expect(await page.answerQuiz('which', 'right')).toBe(true);
    await web.until((each) => each.earned.length > 0, 'that a quiz was earned');
    expect(web.earned.map((earned) => earned.check)).toEqual(['which']);
  });
  test('[P18] an answer to a quiz that is not there is an error', async () => {
    const { page } = await openShell(house);
    await page.readStep(tinyStep);
    page.send({ type: 'answer', quiz: 'other', value: 'x' });
    expect((await page.next('error')).code).toBe('no-such-quiz');
  });
});

describe('the door for web', () => {
  test('[P25] web hears what was earned, again until it is stored, and not after', async () => {
    const first = connectWeb();
    const { page } = await openShell(house);
    await earn(page);
    await first.until((web) => web.earned.length === 1, 'that a check was earned');
    expect(first.earned[0]).toMatchObject({ sequence: 1, step: tinyStep, check: 'made' });
    const second = connectWeb();
    await second.until((web) => web.earned.length === 1, 'it again');
    second.store(1);
    await expect.poll(async () => (await hearAll()).length).toBe(0);
    await house.restartLink();
    expect(await hearAll()).toEqual([]);
  });
  test('[P25] what web has not stored survives the end of link, and is not earned twice', async () => {
    const { page, lab } = await openShell(house);
    await earn(page);
    await house.restartLink();
    const web = connectWeb();
    await web.until((each) => each.earned.length === 1, 'what was earned before the restart');
    await house.ready();
    const again = await house.connect(lab);
    expect((await again.readStep(tinyStep)).checks[0]).toMatchObject({ earned: true });
    await again.settle();
    expect(web.earned.map((earned) => earned.sequence)).toEqual([1]);
  });
  test('[P25] a fresh lab of the same name earns afresh, under the next number', async () => {
    const web = connectWeb();
    const { page, lab } = await openShell(house);
    await earn(page);
    page.send({ type: 'reset' });
    await page.closed;
    rmSync(file);
    const again = await house.connect(lab);
    await again.open();
    await earn(again);
    await web.until((each) => each.earned.length === 2, 'the second one');
    expect(web.earned.map((earned) => earned.sequence)).toEqual([1, 2]);
  });
  test('[P25] web hears how full the lab host is', async () => {
    const web = connectWeb();
    await house.connect(newLabId());
    await web.until((each) => each.occupancy?.labs === 1, 'that there is a lab');
    expect(web.occupancy).toMatchObject({ capacity: 1_000, waiting: 0, ready: true });
  });
});
