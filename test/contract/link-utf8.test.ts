// Characters of several bytes that come a byte at a time, as from a program that writes so: each frame may end within
// one, and the screen shows them whole.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LabScreen } from '../support/lab-screen.ts';
import { openLinkHouse, type LinkHouse } from '../support/link-house.ts';
import { openShell } from '../support/link-shell.ts';

const size = { cols: 80, rows: 24 };
const text = 'é|漢字|👩‍🚀|e\u0301|🇫🇷|ｶ|end';

let house: LinkHouse;
beforeEach(async () => {
  house = await openLinkHouse();
});
afterEach(() => house.close());

test('[P11] UTF-8 that comes a byte at a time is whole on the screen, at its width', async () => {
  const { page, terminal, lab } = await openShell(house);
  const watcher = await house.connect(lab, { role: 'watcher' });
  const screen = new LabScreen(size);
  const pieces: Buffer[] = [];
  const copy = await watcher.attach(terminal.id, { prepare: (each) => screen.follow(each) });
  const follow = copy.onOutput;
  copy.onOutput = (offset, data) => {
    pieces.push(Buffer.from(data));
    follow?.(offset, data);
  };
  const hex = Buffer.from(`\r\n${text}`).toString('hex');
  const since = terminal.type(
    `perl -e '$| = 1; for (split //, pack "H*", "${hex}") { print; select undef, undef, undef, .01 }'\n`,
  );
  await terminal.waitForOutput(/\|end/, { since });
  await copy.waitForOffset(terminal.offset);
  const isCut = (piece: Buffer) => !Buffer.from(piece.toString('utf8')).equals(piece);
  expect(pieces.filter(isCut).length).toBeGreaterThan(10);
  expect(await screen.text()).toContain(`\n${text}`);
  const wanted = new LabScreen(size).write(text);
  const line = (look: object) =>
    JSON.stringify(look)
      .match(/"[^"]*\|end[^"]*"/)?.[0]
      .slice(0, 30);
  expect(line(await screen.look())).toBe(line(await wanted.look()));
  await page.close();
  await watcher.close();
});
