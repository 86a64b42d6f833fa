// How terminals end, through link: what they printed last arrives whoever is behind, and which are forgotten.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ENDED_TERMINALS, ENDED_UNREAD } from '../../server/link/limits.ts';
import { OUTPUT_HIGH_MARK_BYTES } from '../../server/protocol/flow-control.ts';
import type { LabClient } from '../support/lab-client.ts';
import { openLinkHouse, type LinkHouse } from '../support/link-house.ts';
import { openShell } from '../support/link-shell.ts';

/** Prints more than is sent to a page that acknowledges nothing. */
const MORE_THAN_SENT = `head -c ${OUTPUT_HIGH_MARK_BYTES + 16_000} /dev/zero | tr '\\0' x`;
const size = { cols: 80, rows: 24 };
let house: LinkHouse;
beforeAll(async () => {
  house = await openLinkHouse({ config: { terminalsPerLab: ENDED_TERMINALS + ENDED_UNREAD + 2 } });
});
afterAll(() => house.close());

async function openAndEnd(page: LabClient): Promise<number> {
  const terminal = await page.open();
  terminal.type('exit\n');
  await terminal.exited();
  return terminal.id;
}

describe('ends', () => {
  test('[P16] the tail of a terminal arrives at a page that is behind, though as many have ended before as are kept', async () => {
    const { page, terminal, lab } = await openShell(house);
    for (let ended = 0; ended < ENDED_TERMINALS; ended += 1) await openAndEnd(page);
    // Sets no pace, and is told when all has been read.
    const watcher = await house.connect(lab, { role: 'watcher' });
    const watched = await watcher.attach(terminal.id);
    terminal.stopParsing();
    const since = terminal.type(`${MORE_THAN_SENT}; echo la""st; exit\n`);
    await watched.exited();
    terminal.goOnParsing();
    await terminal.waitForOutput(/last\n(.*\n)?exit\n/, { since });
    expect((await terminal.exited()).end).toBe(terminal.offset);
    expect(terminal.gaps).toBe(0);
    await page.close();
    await watcher.close();
  });
  test('[P16] the first to end is forgotten first, not the first that was opened', async () => {
    const { page, terminal } = await openShell(house);
    const ended: number[] = [];
    for (let count = 0; count < ENDED_TERMINALS; count += 1) ended.push(await openAndEnd(page));
    terminal.type('exit\n');
    await terminal.exited();
    const isKept = async (id: number) => {
      page.send({ type: 'attach', request: 1, terminal: id, offset: 0, size });
      const refused = page.next('error', (message) => message.terminal === id);
      const attached = page.next('attached', (message) => message.terminal === id);
      return (await Promise.race([refused, attached])).type === 'attached';
    };
    expect(await isKept(terminal.id)).toBe(true);
    const kept = await Promise.all(ended.map(isKept));
    expect(kept).toEqual(ended.map((_id, at) => at > 0));
    await page.close();
  });
  test('[P16] of more than are kept for a page that hangs, the first to end are told without their rest', async () => {
    const { page } = await openShell(house);
    const COUNT = ENDED_TERMINALS + ENDED_UNREAD + 1;
    const terminals = [];
    for (let count = 0; count < COUNT; count += 1) terminals.push(await page.open());
    for (const terminal of terminals) {
      await terminal.waitForOutput(/\$ $/);
      terminal.stopParsing();
      terminal.type(`${MORE_THAN_SENT}; exit\n`);
    }
    const first = await page.next('exit');
    const isFirst = terminals.find(({ id }) => id === first.terminal);
    expect(isFirst && isFirst.offset + isFirst.backlogBytes).toBeLessThan(first.end);
    // All others are sent to their end once the page goes on.
    for (const terminal of terminals) {
      if (terminal !== isFirst) terminal.goOnParsing();
    }
    for (const terminal of terminals) {
      if (terminal === isFirst) continue;
      expect((await terminal.exited()).end).toBe(terminal.offset);
      expect(terminal.gaps).toBe(0);
    }
    await page.close();
  });
});
