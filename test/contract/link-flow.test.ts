// ^S and ^Q of one page, as the others of its lab are told of them.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openLinkHouse, type LinkHouse } from '../support/link-house.ts';
import { openShell } from '../support/link-shell.ts';

const CTRL_S = '\u0013';
const CTRL_Q = '\u0011';
let house: LinkHouse;
beforeAll(async () => {
  house = await openLinkHouse();
});
afterAll(() => house.close());

test('[P33] other pages are told of ^S and ^Q, whether they show the terminal or not, and the typist is not', async () => {
  const { page, terminal, lab } = await openShell(house);
  const others = [
    await house.connect(lab, { role: 'watcher' }),
    await house.connect(lab, { role: 'helper' }),
    await house.connect(lab),
  ];
  await others[0]?.attach(terminal.id);
  terminal.type(CTRL_S);
  const { offset: end } = terminal;
  for (const other of others) {
    const told = await other.next('flow');
    expect(told).toEqual({ type: 'flow', terminal: terminal.id, stop: true, end });
  }
  terminal.type(`${CTRL_Q}echo on it goe""s\n`);
  for (const other of others) expect((await other.next('flow')).stop).toBe(false);
  await terminal.waitForOutput(/^on it goes\n/m);
  await expect(page.next('flow', () => true, 0)).rejects.toThrow('no flow');
  for (const each of [page, ...others]) await each.close();
});

test('[P33] who attaches is told while output is stopped, and not when it goes on', async () => {
  const { page, terminal, lab } = await openShell(house);
  terminal.type(CTRL_S);
  await page.settle();
  const late = await house.connect(lab);
  await late.attach(terminal.id);
  expect(await late.next('flow')).toMatchObject({ terminal: terminal.id, stop: true });
  await late.close();
  const since = terminal.type(`${CTRL_Q}echo on it goe""s\n`);
  await terminal.waitForOutput(/^on it goes\n/m, { since });
  const later = await house.connect(lab);
  await later.attach(terminal.id);
  await later.settle();
  await expect(later.next('flow', () => true, 0)).rejects.toThrow('no flow');
  for (const each of [page, later]) await each.close();
});
