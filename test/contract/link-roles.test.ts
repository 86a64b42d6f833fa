// Size, end and roles of a terminal, through link, with several pages on one lab.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newLabId } from '../../server/foundation/random-id.ts';
import { openLinkHouse, type LinkHouse } from '../support/link-house.ts';
import { openShell } from '../support/link-shell.ts';

let house: LinkHouse;
beforeAll(async () => {
  house = await openLinkHouse({ config: { terminalsPerLab: 3 } });
});
afterAll(() => house.close());

describe('size, end and roles', () => {
  test('[P15] resize reaches the program and the other pages', async () => {
    const { page, terminal, lab } = await openShell(house);
    const other = await house.connect(lab);
    terminal.resize({ cols: 100, rows: 30 });
    const resized = await other.next('resized');
    expect(resized).toMatchObject({ terminal: terminal.id, size: { cols: 100, rows: 30 } });
    await page.settle();
    const since = terminal.type('stty size\n');
    await terminal.waitForOutput(/^30 100$/m, { since });
    await page.close();
    await other.close();
  });
  test("[P15] a watcher's attach does not change the size", async () => {
    const { page, terminal, lab } = await openShell(house);
    const watcher = await house.connect(lab, { role: 'watcher' });
    const size = { cols: 20, rows: 5 };
    watcher.send({ type: 'attach', request: 1, terminal: terminal.id, offset: 0, size });
    expect((await watcher.next('attached')).size).toEqual({ cols: 80, rows: 24 });
    await page.close();
    await watcher.close();
  });
  test('[P16] the tail of output always arrives before exit, twenty times', async () => {
    const { page } = await openShell(house);
    for (let round = 0; round < 20; round += 1) {
      const terminal = await page.open();
      await terminal.waitForOutput(/\$ $/);
      const since = terminal.type('seq 1 30000; echo la""st; exit 7\n');
      const exit = await terminal.exited();
      expect(exit).toMatchObject({ code: 7, signal: null, end: terminal.offset });
      expect(terminal.text(since)).toMatch(/^last\nexit\n$/m);
    }
    await page.close();
  });
  test('[P16] close hangs the shell up', async () => {
    const { page, terminal } = await openShell(house);
    terminal.hangUp();
    expect(await terminal.exited()).toMatchObject({ code: null, signal: 1 });
    await page.close();
  });
  test('[P16] what the shell left running does not hold up its exit', async () => {
    const { page, terminal } = await openShell(house);
    terminal.type('trap "" HUP; (trap "" HUP; sleep 20) & exit 3\n');
    expect(await terminal.exited(5_000)).toMatchObject({ code: 3 });
    await page.close();
  });
  test('[P16] an ended terminal can still be read, and is gone once it is closed', async () => {
    const { page, terminal, lab } = await openShell(house);
    terminal.type('echo good""bye; exit\n');
    await terminal.exited();
    const again = await house.connect(lab);
    expect(again.welcome.terminals).toMatchObject([{ terminal: terminal.id, exited: true }]);
    const copy = await again.attach(terminal.id);
    await copy.exited();
    expect(copy.text()).toMatch(/^goodbye\n/m);
    copy.hangUp();
    await copy.exited();
    await again.settle();
    const third = await house.connect(lab);
    expect(third.welcome.terminals).toEqual([]);
    await page.close();
    await again.close();
    await third.close();
  });
  test('[P8] a watcher reads and may not type, open, close, resize or reset', async () => {
    const { page, terminal, lab } = await openShell(house);
    const watcher = await house.connect(lab, { role: 'watcher' });
    const copy = await watcher.attach(terminal.id);
    await copy.waitForOutput(/\$ $/);
    const size = { cols: 80, rows: 24 };
    watcher.send({ type: 'open', request: 1, size });
    watcher.send({ type: 'close', terminal: terminal.id });
    watcher.send({ type: 'resize', terminal: terminal.id, size });
    watcher.send({ type: 'reset' });
    watcher.send({ type: 'keep' });
    copy.type('echo no\n');
    for (let refusal = 0; refusal < 6; refusal += 1) {
      expect((await watcher.next('error')).code).toBe('read-only');
    }
    const since = terminal.type('echo ye""s\n');
    await copy.waitForOutput(/^yes\n/m);
    expect(terminal.text(since)).not.toContain('no\n');
    await page.close();
    await watcher.close();
  });
  test('[P8] a watcher of a lab that is not there is closed with 4410', async () => {
    await expect(house.connect(newLabId(), { role: 'watcher' })).rejects.toThrow('4410');
  });
});
