// Several pages on one terminal: the keyboard is lent, given back and taken back, and who watches slows nobody.
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { INPUT_FRAME_BYTES, OUTPUT_HIGH_MARK_BYTES } from '../../server/protocol/flow-control.ts';
import { encodeFrame } from '../../server/protocol/frames.ts';
import type { LabClient } from '../support/lab-client.ts';
import type { LabTerminal } from '../support/lab-terminal.ts';
import { openLinkHouse, type LinkHouse } from '../support/link-house.ts';
import { openShell, run } from '../support/link-shell.ts';

let house: LinkHouse;
beforeAll(async () => {
  house = await openLinkHouse();
});
afterAll(() => house.close());

/** A learner with a shell, and a helper who watches it and has asked for the keyboard. */
async function openClass() {
  const { page, terminal, lab } = await openShell(house);
  const helper = await house.connect(lab, { role: 'helper' });
  const copy = await helper.attach(terminal.id, { size: { cols: 120, rows: 40 } });
  helper.send({ type: 'ask-keyboard' });
  const { helper: number } = await page.next('keyboard-asked');
  return { page, terminal, lab, helper, copy, number };
}

async function lend({ page, helper, number }: Awaited<ReturnType<typeof openClass>>) {
  page.send({ type: 'lend-keyboard', helper: number });
  return [await page.next('keyboard'), await helper.next('keyboard')];
}

async function closeAll(...pages: LabClient[]): Promise<void> {
  for (const page of pages) await page.close();
}

/** The sum of what a page sees from `offset` on. */
function sumFrom(terminal: LabTerminal, offset: number): () => string {
  const hash = createHash('sha256');
  terminal.onOutput = (at, data) => hash.update(data.subarray(Math.max(0, offset - at)));
  return () => hash.digest('hex');
}

describe('the keyboard', () => {
  test('[P31] a helper asks, is lent it, types, and the learner may not', async () => {
    const all = await openClass();
    const [told, toldHelper] = await lend(all);
    expect(told).toMatchObject({ holder: 'helper', yours: false });
    expect(toldHelper).toMatchObject({ holder: 'helper', yours: true });
    const since = all.terminal.place();
    all.copy.type('echo by the hel""per\n');
    await all.terminal.waitForOutput(/^by the helper\n/m, { since });
    all.terminal.type('echo by the lear""ner\n');
    expect(await all.page.next('error')).toMatchObject({ code: 'read-only', terminal: 1 });
    expect(all.terminal.text(since)).not.toContain('learner');
    await closeAll(all.page, all.helper);
  });
  test('[P13] [P31] what was refused without the keyboard is not typed when it comes', async () => {
    const all = await openClass();
    const since = all.terminal.place();
    const type = (page: LabClient, text: string) => {
      const data = Buffer.from(text);
      page.sendRaw(encodeFrame({ kind: 'input', terminal: 1, offset: 0, data }));
    };
    type(all.helper, 'echo too so""on\n');
    expect(await all.helper.next('error')).toMatchObject({ code: 'read-only' });
    await lend(all);
    type(all.page, 'echo too la""te\n');
    expect(await all.page.next('error')).toMatchObject({ code: 'read-only' });
    type(all.helper, 'echo in ti""me\n');
    await all.terminal.waitForOutput(/^in time\n\$ $/m, { since });
    all.helper.send({ type: 'return-keyboard' });
    await all.page.next('keyboard', ({ yours }) => yours);
    await run(all.terminal, 'echo my tu""rn');
    expect(all.terminal.text(since)).not.toContain('too');
    await closeAll(all.page, all.helper);
  });
  test('[P31] the learner takes it back at any time, and types on', async () => {
    const all = await openClass();
    await lend(all);
    all.page.send({ type: 'return-keyboard' });
    expect(await all.page.next('keyboard')).toMatchObject({ holder: 'learner', yours: true });
    expect(await all.helper.next('keyboard')).toMatchObject({ holder: 'learner', yours: false });
    await run(all.terminal, 'echo mi""ne');
    all.copy.type('x');
    expect(await all.helper.next('error')).toMatchObject({ code: 'read-only' });
    await closeAll(all.page, all.helper);
  });
  test('[P31] a helper gives it back, and it comes back when the helper leaves', async () => {
    const all = await openClass();
    await lend(all);
    all.helper.send({ type: 'return-keyboard' });
    expect(await all.page.next('keyboard')).toMatchObject({ yours: true });
    all.helper.send({ type: 'ask-keyboard' });
    const { helper } = await all.page.next('keyboard-asked');
    await lend({ ...all, number: helper });
    all.helper.cut();
    expect(await all.page.next('keyboard')).toMatchObject({ holder: 'learner', yours: true });
    await closeAll(all.page);
  });
  test('[P31] who comes later is told who asks and who has it', async () => {
    const all = await openClass();
    const second = await house.connect(all.lab);
    expect((await second.next('keyboard-asked')).helper).toBe(all.number);
    await lend(all);
    await second.next('keyboard');
    const watcher = await house.connect(all.lab, { role: 'watcher' });
    expect(await watcher.next('keyboard')).toMatchObject({ holder: 'helper', yours: false });
    await closeAll(all.page, second, all.helper, watcher);
  });
  test('[P31] who was declined, or has left, is lent nothing', async () => {
    const all = await openClass();
    all.page.send({ type: 'return-keyboard' });
    await all.page.next('keyboard');
    all.page.send({ type: 'lend-keyboard', helper: all.number });
    expect(await all.page.next('keyboard')).toMatchObject({ holder: 'learner', yours: true });
    await closeAll(all.page, all.helper);
  });
  test('[P31] [P13] of a paste within which it is lent, what was taken is typed before what the helper types, and the rest is refused', async () => {
    const all = await openClass();
    const { terminal } = all;
    const dir = mkdtempSync(join(tmpdir(), 'keyboard-'));
    const frameOf = (at: number) => Buffer.alloc(INPUT_FRAME_BYTES, 'a'.charCodeAt(0) + at);
    const [TAKEN, REFUSED] = [20, 10];
    // Stalled until the keyboard is lent, so that most of the paste waits in link then.
    const [go, file] = [join(dir, 'go'), join(dir, 'typed')];
    const more = Buffer.from('by the helper');
    const length = TAKEN * INPUT_FRAME_BYTES + more.length;
    const since = terminal.type(
      `stty raw -echo; echo rea""dy; until [ -e ${go} ]; do sleep .05; done; head -c ${length} > ${file}; stty sane; echo fin""ished\n`,
    );
    await terminal.waitForOutput(/^ready/m, { since });
    const start = terminal.typed;
    for (let at = 0; at < TAKEN; at += 1) terminal.typeBytes(frameOf(at));
    all.page.send({ type: 'lend-keyboard', helper: all.number });
    // The page has not heard of it yet.
    for (let at = 0; at < REFUSED; at += 1) terminal.typeBytes(frameOf(TAKEN + at));
    await all.helper.next('keyboard', ({ yours }) => yours);
    all.copy.typeBytes(more);
    for (let at = 0; at < REFUSED; at += 1) {
      expect(await all.page.next('error')).toMatchObject({ code: 'read-only', terminal: 1 });
    }
    writeFileSync(go, '');
    await all.copy.waitForOutput(/^finished/m, { within: 30_000 });
    const typed = readFileSync(file);
    const taken = Buffer.concat(Array.from({ length: TAKEN }, (_, at) => frameOf(at)));
    expect(typed.equals(Buffer.concat([taken, more]))).toBe(true);
    // Counting goes on at what was taken: what was refused is not passed over in silence.
    all.page.send({ type: 'return-keyboard' });
    await all.page.next('keyboard', ({ yours }) => yours);
    terminal.type('x');
    expect(await all.page.next('error')).toMatchObject({ code: 'input-gap', terminal: 1 });
    const same = await house.connect(all.lab, { client: all.page.client });
    same.send({ type: 'attach', request: 1, terminal: 1, offset: 0, size: { cols: 80, rows: 24 } });
    expect((await same.next('attached')).inputOffset).toBe(start + taken.length);
    await same.close();
    rmSync(dir, { recursive: true });
    await closeAll(all.page, all.helper);
  });
  test('[P8] a watcher may not ask, and a helper may not lend', async () => {
    const all = await openClass();
    const watcher = await house.connect(all.lab, { role: 'watcher' });
    watcher.send({ type: 'ask-keyboard' });
    expect((await watcher.next('error')).code).toBe('read-only');
    all.helper.send({ type: 'lend-keyboard', helper: all.number });
    expect((await all.helper.next('error')).code).toBe('read-only');
    await closeAll(all.page, all.helper, watcher);
  });
  test('[P15] the size follows the keyboard', async () => {
    const all = await openClass();
    await lend(all);
    all.copy.resize({ cols: 120, rows: 40 });
    expect((await all.page.next('resized')).size).toEqual({ cols: 120, rows: 40 });
    all.terminal.resize({ cols: 60, rows: 20 });
    await all.page.settle();
    const since = all.copy.type('stty size\n');
    expect(await all.copy.waitForOutput(/^40 120$/m, { since })).toBeTruthy();
    await closeAll(all.page, all.helper);
  });
});

describe('many pages', () => {
  test('[P12] stalled watchers neither slow the writer nor get more than their credit', async () => {
    const { page, terminal, lab } = await openShell(house);
    const watchers = await Promise.all(
      Array.from({ length: 8 }, () => house.connect(lab, { role: 'watcher' })),
    );
    const copies = await Promise.all(watchers.map((watcher) => watcher.attach(terminal.id)));
    for (const copy of copies) copy.stopParsing();
    await run(terminal, 'seq 1 400000');
    expect(terminal.gaps).toBe(0);
    for (const copy of copies) {
      expect(copy.backlogBytes).toBeLessThanOrEqual(OUTPUT_HIGH_MARK_BYTES);
    }
    await closeAll(page, ...watchers);
  });
  test('[P12] each watcher that reads along sees every byte, whatever the others do', async () => {
    const { page, terminal, lab } = await openShell(house);
    const watcher = await house.connect(lab, { role: 'watcher' });
    const slow = await house.connect(lab, { role: 'watcher', parseBytesPerSecond: 2_000_000 });
    const copy = await watcher.attach(terminal.id);
    const slowCopy = await slow.attach(terminal.id);
    const sums = [terminal, copy, slowCopy].map((each) => sumFrom(each, terminal.offset));
    await run(terminal, 'seq 1 100000');
    await copy.waitForOffset(terminal.offset);
    await slowCopy.waitForOffset(terminal.offset);
    const [own, ...others] = sums.map((sum) => sum());
    expect(others).toEqual([own, own]);
    expect(copy.gaps + slowCopy.gaps).toBe(0);
    await closeAll(page, watcher, slow);
  });
});
