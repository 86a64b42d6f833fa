// What a page and its terminals go through when keeper or link is away or is started again.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { socketNames } from '../../server/foundation/child-setup.ts';
import { newLabId } from '../../server/foundation/random-id.ts';
import { openLinkHouse, type LinkHouse } from '../support/link-house.ts';
import { openShell, waitUntil } from '../support/link-shell.ts';
import { WebEnd } from '../support/web-end.ts';

const remove = (path: string) => rmSync(path, { force: true });
let house: LinkHouse;
afterEach(() => house.close());

describe('keeper away', () => {
  test('[P24] without keeper a new lab is refused with 4503, and welcome when keeper is there', async () => {
    house = await openLinkHouse({ withKeeper: false, keeperBackWithinMs: 50 });
    await expect(house.connect(newLabId())).rejects.toThrow('4503');
    await house.keeper.listen();
    await house.ready();
    expect((await house.connect(newLabId())).welcome.created).toBe(true);
    await house.keeper.close(remove);
  });
  test('[P24] a new lab waits for keeper, and is made when it is there', async () => {
    house = await openLinkHouse({ withKeeper: false });
    const arriving = house.connect(newLabId());
    const second = house.connect(newLabId());
    await house.keeper.listen();
    expect((await arriving).welcome.created).toBe(true);
    expect((await second).welcome.created).toBe(true);
    await house.keeper.close(remove);
  });
  test('[P24] living terminals go on without keeper, and keeper is found again', async () => {
    house = await openLinkHouse();
    const web = new WebEnd(join(house.setup.runDir, socketNames.link));
    const { page, terminal, lab } = await openShell(house);
    await house.keeper.hide(remove);
    await web.until((each) => each.occupancy?.ready === false, 'that keeper is away');
    const since = terminal.type('echo still he""re\n');
    await terminal.waitForOutput(/^still here\n/m, { since });
    await house.keeper.listen();
    await web.ready();
    expect((await page.open()).id).toBeGreaterThan(terminal.id);
    expect(await house.connect(lab)).toMatchObject({ welcome: { created: false } });
    web.close();
  });
  test('[P15] a new size reaches the program while keeper is away', async () => {
    house = await openLinkHouse();
    const { page, terminal } = await openShell(house);
    await house.keeper.hide(remove);
    terminal.resize({ cols: 101, rows: 31 });
    const since = terminal.type('stty size\n');
    const [size] = await terminal.waitForOutput(/^\d+ \d+/m, { since });
    expect(size).toBe('31 101');
    await page.close();
    await house.keeper.listen();
  });
  test('[P24] a lab that is reset while keeper is away is destroyed when it is back', async () => {
    house = await openLinkHouse();
    const { page, lab } = await openShell(house);
    await house.keeper.hide(remove);
    page.send({ type: 'reset', home: 'keep' });
    expect((await page.closed).code).toBe(4410);
    const arriving = house.connect(lab);
    await house.keeper.listen();
    expect((await arriving).welcome).toMatchObject({ created: true, terminals: [] });
  });
  test('[P24] close waits for keeper, and is carried out when it is back', async () => {
    house = await openLinkHouse();
    const { page, terminal } = await openShell(house);
    await house.keeper.hide(remove);
    const refused = page.next('error', () => true, 60_000);
    page.send({ type: 'close', terminal: terminal.id });
    await page.settle();
    await house.keeper.listen();
    const ended = page.next('exit', (each) => each.terminal === terminal.id, 60_000);
    expect(await Promise.race([ended, refused])).toMatchObject({ type: 'exit' });
    refused.catch(() => undefined);
  });
  test('[P24] open waits for keeper, and is carried out when it is back', async () => {
    house = await openLinkHouse();
    const { page, terminal } = await openShell(house);
    await house.keeper.hide(remove);
    const opening = page.open();
    const refused = page.next('error', () => true, 60_000);
    await page.settle();
    await house.keeper.listen();
    const opened = await Promise.race([opening, refused]);
    expect(opened).toMatchObject({ id: terminal.id + 2 });
    await (await opening).waitForOutput(/\$ $/);
    refused.catch(() => undefined);
  });
  test('[P24] a shell that ends while keeper is away has ended when it is back, whatever it left running', async () => {
    house = await openLinkHouse();
    const { page, terminal } = await openShell(house);
    const since = terminal.type('(trap \'\' HUP; exec sleep 600) & disown; echo "<$!>"\n');
    const [, left] = await terminal.waitForOutput(/^<(\d+)>/m, { since });
    onTestFinished(() => void process.kill(Number(left), 'SIGKILL'));
    await house.keeper.hide(remove);
    terminal.type('exit\n');
    await waitUntil(() => [...house.keeper.labs.values()].every((lab) => lab.terminals.size === 0));
    await house.keeper.listen();
    await expect(terminal.exited()).resolves.toMatchObject({ code: null, signal: null });
    terminal.hangUp();
    await expect(page.next('exit')).resolves.toMatchObject({ terminal: terminal.id });
  });
  test('[P24] a terminal that keeper opened and could not hand over is left to nobody', async () => {
    house = await openLinkHouse();
    const { page, lab } = await openShell(house);
    const living = () => house.keeper.labs.get(lab)?.terminals.size;
    house.keeper.endsAfter = 'open-terminal';
    const second = await page.open();
    await second.waitForOutput(/\$ $/);
    await waitUntil(() => living() === 2);
    expect(house.keeper.labs.get(lab)?.state.terminals).toContain(second.id);
  });
  test('[P24] open is an error when keeper does not come back in time', async () => {
    house = await openLinkHouse({ keeperBackWithinMs: 50 });
    const { page } = await openShell(house);
    await house.keeper.hide(remove);
    await expect(page.open()).rejects.toThrow('lab-failed');
    await page.settle();
    await house.keeper.listen();
    await house.ready();
    await expect(page.open()).resolves.toBeDefined();
  });
});

describe('link started again', () => {
  test('[P23] pages are closed with 1001, and labs and terminals live on', async () => {
    house = await openLinkHouse();
    const { page, terminal, lab } = await openShell(house);
    const since = terminal.type('cd /usr; kept=yes; echo o""k\n');
    await terminal.waitForOutput(/^ok\n\$ $/m, { since });
    await house.restartLink();
    expect((await page.closed).code).toBe(1001);
    await house.ready();
    const again = await house.connect(lab);
    expect(again.welcome).toMatchObject({ created: false, terminals: [{ terminal: terminal.id }] });
    // By this a page knows that it is the same lab.
    expect(again.welcome.createdAt).toBe(page.welcome.createdAt);
    const resumed = await again.attach(terminal.id, { offset: terminal.offset });
    const place = resumed.type('echo $PWD $kept\n');
    expect(await resumed.waitForOutput(/^\/usr yes\n/m, { since: place })).toBeTruthy();
  });
  test('[P23] a terminal has the size that it had, also one that its own lab gave it', async () => {
    house = await openLinkHouse();
    const { terminal, lab } = await openShell(house);
    const since = terminal.type('stty rows 50 cols 90; echo o""k\n');
    await terminal.waitForOutput(/^ok\n\$ $/m, { since });
    await house.restartLink();
    await house.ready();
    const { welcome } = await house.connect(lab);
    expect(welcome.terminals.map(({ size }) => size)).toEqual([{ cols: 90, rows: 50 }]);
  });
  test('[P23] terminals are taken over though keeper goes away in the middle of it', async () => {
    house = await openLinkHouse();
    const { page, terminal, lab } = await openShell(house);
    const second = await page.open();
    await house.stopLink();
    house.keeper.endsAfter = 'send-terminal';
    await house.restartLink();
    await house.ready();
    const again = await house.connect(lab);
    const numbers = again.welcome.terminals.map((each) => each.terminal);
    expect(numbers).toEqual([terminal.id, second.id]);
    const resumed = await again.attach(second.id);
    const since = resumed.type('echo still he""re\n');
    expect(await resumed.waitForOutput(/^still here\n/m, { since })).toBeTruthy();
  });
  test('[P23] a size that no page may have is none that link takes over', async () => {
    house = await openLinkHouse();
    const { terminal, lab } = await openShell(house);
    let since = terminal.type('stty rows 60000 cols 60000; echo o""k\n');
    await terminal.waitForOutput(/^ok\n\$ $/m, { since });
    await house.restartLink();
    await house.ready();
    const again = await house.connect(lab);
    expect(again.welcome.terminals.map(({ size }) => size)).toEqual([{ cols: 80, rows: 24 }]);
    const resumed = await again.attach(terminal.id, { offset: terminal.offset });
    since = resumed.type('stty size\n');
    expect(await resumed.waitForOutput(/^24 80\n/m, { since })).toBeTruthy();
  });
  test('[P23] a stream that link had to begin anew lies beyond the old one and is a gap', async () => {
    house = await openLinkHouse();
    const { terminal, lab } = await openShell(house);
    await house.stopLink();
    rmSync(join(house.setup.ownDir, 'streams'), { recursive: true });
    await house.restartLink();
    await house.ready();
    const again = await house.connect(lab);
    const resumed = await again.attach(terminal.id, { offset: terminal.offset });
    expect(resumed.gaps).toBe(1);
    expect(resumed.offset).toBeGreaterThan(terminal.offset);
  });
  test('[P23] a page that comes back sees what was printed before and meanwhile', async () => {
    house = await openLinkHouse();
    const { page, terminal, lab } = await openShell(house);
    const since = terminal.type('seq 1 300; read; seq 301 600; echo do""ne\n');
    await terminal.waitForOutput(/^300\n/m, { since });
    terminal.type('\n');
    await terminal.written();
    await house.restartLink();
    await house.ready();
    const again = await house.connect(lab, { client: page.client });
    const copy = await again.attach(terminal.id);
    await copy.waitForOutput(/^done\n\$ $/m);
    const numbers = Array.from({ length: 600 }, (_, at) => `${at + 1}\n`).join('');
    expect(copy.text().replace(/^\n/m, '')).toContain(numbers);
    expect(copy.gaps).toBe(0);
    // A link that was stopped was moving nothing.
    expect(copy.torn).toBeUndefined();
  });
  test('[P23] what a lab printed is removed with the lab', async () => {
    house = await openLinkHouse();
    const { lab } = await openShell(house);
    const kept = join(house.setup.ownDir, 'streams', lab);
    expect(existsSync(kept)).toBe(true);
    house.keeper.loseLab(lab);
    await waitUntil(() => !existsSync(kept));
  });
  test('[P23] what labs printed that are gone is removed when link starts', async () => {
    house = await openLinkHouse();
    const { lab } = await openShell(house);
    await house.stopLink();
    house.keeper.loseLab(lab);
    await house.restartLink();
    await house.ready();
    expect(existsSync(join(house.setup.ownDir, 'streams', lab))).toBe(false);
  });
  test('[P23] a new terminal has a number that no earlier one had', async () => {
    house = await openLinkHouse();
    const { page, lab } = await openShell(house);
    const second = await page.open();
    second.type('exit\n');
    await second.exited();
    await house.restartLink();
    await house.ready();
    const again = await house.connect(lab);
    expect((await again.open()).id).toBeGreaterThan(second.id);
  });
});
