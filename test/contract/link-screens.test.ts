// A page that was away while more was printed than the ring holds: what it shows when it is back is compared, cell by
// cell, with an emulator that has seen everything.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RING_BYTES } from '../../server/protocol/flow-control.ts';
import type { LabClient } from '../support/lab-client.ts';
import { LabScreen } from '../support/lab-screen.ts';
import type { LabTerminal } from '../support/lab-terminal.ts';
import { openLinkHouse, type LinkHouse } from '../support/link-house.ts';
import { openShell, run, waitForFile } from '../support/link-shell.ts';
import { startLinkProcess } from '../support/link-process.ts';

const size = { cols: 80, rows: 24 };

/** What a full-screen program sets once, long before what the ring still has. */
const frame = [
  '\x1b[?1049h\x1b[?25l\x1b[?1h\x1b=\x1b[?2004h\x1b[?1002h\x1b[?1006h\x1b[2J',
  '\x1b[1;1H\x1b[7m the title of all this \x1b[0m\x1b[3;1H\x1b(0lqqqqk\x1b(B \x1b[1;38;5;208mbold orange',
  '\x1b[0m\x1b[7;9H\x1b[4:3;58;5;9mcurly\x1b[0m \x1b]8;;http://a.example\x07a link\x1b]8;;\x07\x1b[35m\x1b7',
  '\x1b[5G\x1bH\x1b)0\x1b]4;1;#aa0000\x07\x1b]11;#123456\x07\x1b]2;its title\x07',
  '\x1b[0m\x1b[24;1H\x1b[44m status 漢字 e\u0301 👩‍🚀 \x1b[0m\x1b[5;20r',
].join('');

/** Draws in one part of the screen, again and again. */
function churn(bytes: number): string {
  const lines: string[] = [];
  for (let at = 0, length = 0; length < bytes; at += 1) {
    const line = `\x1b[${(at % 16) + 5};${(at % 40) + 1}H\x1b[3${at % 8}m${at} of many\x1b[0m\n`;
    lines.push(line);
    length += line.length;
  }
  return lines.join('');
}

function plain(bytes: number): string {
  const lines: string[] = [];
  for (let at = 0, length = 0; length < bytes; at += 1) {
    const line = `${at} a line of plain text, é and 漢字 in it\r\n`;
    lines.push(line);
    length += Buffer.byteLength(line);
  }
  return lines.join('');
}

let house: LinkHouse;
let dir: string;
beforeEach(async () => {
  house = await openLinkHouse();
  dir = mkdtempSync(join(tmpdir(), 'screens-'));
});
afterEach(async () => {
  await house.close();
  rmSync(dir, { recursive: true });
});

type Place = { lab: string; id: number; offset: number };
type Left = Place & { wanted(): Promise<object> };

/**
 * A page whose shell prints exactly these bytes while nobody looks, then waits. `wanted`: what an emulator shows that
 * has read all that came before, and them.
 */
async function printUnseen(printed: string): Promise<Left> {
  const { page, terminal, lab } = await openShell(house);
  const reference = new LabScreen(size);
  const watcher = await house.connect(lab, { role: 'watcher' });
  const copy = await watcher.attach(terminal.id, { prepare: (each) => reference.follow(each) });
  const file = join(dir, 'printed');
  const [go, done] = [join(dir, 'go'), join(dir, 'done')];
  writeFileSync(file, printed);
  terminal.type(
    `stty raw -echo; clear; echo r""eady; until [ -e ${go} ]; do sleep .01; done; ` +
      `cat ${file}; touch ${done}; head -c 1 > ${dir}/typed; stty sane\n`,
  );
  await terminal.waitForOutput(/ready\n/);
  await copy.waitForOffset(terminal.offset);
  const { offset, id } = terminal;
  await page.close();
  await watcher.close();
  writeFileSync(go, '');
  await waitForFile(done);
  return { lab, id, offset, wanted: () => reference.write(printed).look() };
}

function readTyped(): string {
  return readFileSync(join(dir, 'typed'), 'utf8');
}

type Back = { page: LabClient; screen: LabScreen; terminal: LabTerminal };

async function comeBack({ lab, id, offset }: Place): Promise<Back> {
  const page = await house.connect(lab);
  const screen = new LabScreen(size);
  const terminal = await page.attach(id, { offset, prepare: (each) => screen.follow(each) });
  const { end } = page.welcome.terminals[0] ?? { end: 0 };
  await terminal.waitForOffset(end);
  return { page, screen, terminal };
}

describe('a page that is back after more than the ring holds', () => {
  test('[P32] sees what was drawn long before the oldest byte that is left', async () => {
    const left = await printUnseen(frame + churn(3 * RING_BYTES));
    const { screen, terminal } = await comeBack(left);
    expect(terminal.gaps).toBe(1);
    expect(screen.drawn).toEqual([true]);
    expect(await screen.text()).toContain('the title of all this');
    expect(await screen.look()).toEqual(await left.wanted());
  });
  test('[P32] sees the same after a flood of plain text, which nobody has to read whole', async () => {
    const left = await printUnseen(`\x1b[35m${plain(20 * RING_BYTES)}\x1b[4mthe end`);
    const { screen } = await comeBack(left);
    expect(screen.drawn).toEqual([true]);
    expect(await screen.look()).toEqual(await left.wanted());
  });
  test('[P32] gets its screen from a link that was started again, too', async () => {
    const left = await printUnseen(frame + churn(2 * RING_BYTES));
    await house.stopLink();
    const processes = await startLinkProcess(house.setup);
    await house.ready();
    processes.link.kill('SIGKILL');
    processes.close();
    await house.restartLink();
    await house.ready();
    const { screen } = await comeBack(left);
    expect(screen.drawn).toEqual([true]);
    expect(await screen.look()).toEqual(await left.wanted());
  });
  test('[P32] a new page of another size sees the screen in its own', async () => {
    const left = await printUnseen(`${churn(2 * RING_BYTES)}\x1b[2J\x1b[Hto be seen`);
    const page = await house.connect(left.lab);
    const small = { cols: 40, rows: 10 };
    const screen = new LabScreen(small);
    const terminal = await page.attach(left.id, {
      size: small,
      prepare: (each) => screen.follow(each),
    });
    await terminal.waitForOffset(page.welcome.terminals[0]?.end ?? 0);
    expect(screen.drawn).toEqual([true]);
    expect((await screen.text()).trimEnd()).toBe('to be seen');
  });
  test('[P32] what programs asked meanwhile is answered by nobody', async () => {
    const left = await printUnseen(`\x1b[6n\x1b[c${churn(2 * RING_BYTES)}\x1b[6n\x1b[5n`);
    const { page, terminal } = await comeBack(left);
    terminal.type('!');
    await terminal.written();
    await expect.poll(() => readTyped()).toBe('!');
    await page.close();
  });
  test('[P32] what is printed after it is drawn goes on where it was', async () => {
    const left = await printUnseen(frame + churn(2 * RING_BYTES));
    const { page, screen, terminal } = await comeBack(left);
    const since = terminal.offset;
    terminal.type('!');
    terminal.type('\n\necho still he""re\n');
    await terminal.waitForOutput(/still here/);
    expect(terminal.offset).toBeGreaterThan(since);
    expect(await screen.text()).toContain('still here');
    await page.close();
  });
});

describe('beside a page that never left', () => {
  test.each([
    ['vim', 'vim -u NONE -N', '5Gdd2jixyz'],
    ['less', 'less -SM', ' /line 9\njj'],
  ])('[P32] the other one shows the same %s after a flood', async (_name, program, keys) => {
    const { page, terminal, lab } = await openShell(house);
    const { offset, id } = terminal;
    await page.close();
    const stayed = await house.connect(lab);
    const reference = new LabScreen(size);
    const there = await stayed.attach(id, { prepare: (each) => reference.follow(each) });
    const file = join(dir, 'file');
    writeFileSync(file, Array.from({ length: 200 }, (_, at) => `line ${at} of it\n`).join(''));
    there.type(`seq 1 200000; ${program} ${file}\n`);
    await there.waitForOutput(/^200000\n[^]*line 20 of it/m, { within: 60_000 });
    there.type(keys);
    await there.written();
    // Programs answer a key at a time: when nothing more comes, they have answered all.
    await expect.poll(() => isStill(there), { interval: 300, timeout: 20_000 }).toBe(true);
    const { screen, page: back } = await comeBack({ lab, id, offset });
    expect(screen.drawn).toEqual([true]);
    expect(await screen.look()).toEqual(await reference.look());
    await back.close();
    await stayed.close();
  });
});

/** Whether nothing was printed since it was asked the last time. */
const lastSeen = new Map<LabTerminal, number>();
function isStill(terminal: LabTerminal): boolean {
  const before = lastSeen.get(terminal);
  lastSeen.set(terminal, terminal.offset);
  return before === terminal.offset;
}

describe('a screen process', () => {
  test('[P32] that cannot write a screen says so by a gap, and goes on with others', async () => {
    const { page, terminal, lab } = await openShell(house);
    // In the place of the file: a directory that is not empty.
    const screen = join(house.setup.ownDir, 'streams', lab, `${terminal.id}.stream.screen`);
    mkdirSync(join(screen, 'in-the-way'), { recursive: true });
    await page.close();
    const stayed = await house.connect(lab);
    const there = await stayed.attach(terminal.id);
    await run(there, `yes "$(printf '\\033[1mbold\\033[0m')" | head -n 200000`);
    const back = await comeBack({ lab, id: terminal.id, offset: 0 });
    expect(back.screen.drawn).toEqual([]);
    expect(back.terminal.gaps).toBe(1);
    const left = await printUnseen(frame + churn(2 * RING_BYTES));
    expect(await (await comeBack(left)).screen.look()).toEqual(await left.wanted());
    await stayed.close();
  });
  test('[P32] that is kept busy by one terminal is ended, and the others go on', async () => {
    const stuck = await printUnseen(`\x1b[2147483647T${churn(2 * RING_BYTES)}`);
    expect((await comeBack(stuck)).screen.drawn).toEqual([]);
    rmSync(join(dir, 'go'));
    rmSync(join(dir, 'done'));
    const left = await printUnseen(frame + churn(2 * RING_BYTES));
    const { screen } = await comeBack(left);
    expect(await screen.look()).toEqual(await left.wanted());
  });
});
