// Recordings of terminals, through link: real bash on real PTYs, files as a player reads them.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RecordedLooks } from '../../server/link/recording/recorded-looks.ts';
import { xrayMessageSchema } from '../../server/protocol/xray.ts';
import { makeProcess, makeSnapshot } from '../unit/checks/lab-builder.ts';
import { fetchCast, joined, readCast } from '../support/cast.ts';
import type { LabClient } from '../support/lab-client.ts';
import type { LabTerminal } from '../support/lab-terminal.ts';
import { openLinkHouse, type LinkHouse } from '../support/link-house.ts';
import { openShell, run, waitUntil } from '../support/link-shell.ts';
import { tinyCourse, tinyStep } from '../support/tiny-course.ts';

const LIMIT = 300_000;

let house: LinkHouse;
let dir: string;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'recording-'));
  house = await openLinkHouse({
    courses: [tinyCourse(join(dir, 'made'))],
    config: { recordingBytes: LIMIT },
  });
});
afterEach(async () => {
  await house.close();
  rmSync(dir, { recursive: true });
});

async function start(page: LabClient, terminal: LabTerminal): Promise<void> {
  page.send({ type: 'record', terminal: terminal.id, on: true });
  const { recording } = await page.next('recording');
  expect(recording).toMatchObject({ terminal: terminal.id, ended: null });
}

async function stop(page: LabClient, terminal: LabTerminal) {
  page.send({ type: 'record', terminal: terminal.id, on: false });
  return (await page.next('recording', ({ recording }) => recording.ended !== null)).recording;
}

const fileOf = (lab: string, terminal: LabTerminal) =>
  join(house.setup.ownDir, 'recordings', lab, `${terminal.id}.cast`);

test('[P28] a recording has the output of its time byte for byte, cut characters in one piece', async () => {
  const { page, terminal, lab } = await openShell(house);
  await run(terminal, 'echo bef""ore');
  const heard: Buffer[] = [];
  terminal.onOutput = (_offset, data) => void heard.push(Buffer.from(data));
  await start(page, terminal);
  await run(terminal, String.raw`printf '\033[1;31m⭐ é 日本 👩‍👩‍👧 \033[0m\r\n'; seq 1 300`);
  // Two halves of one character, with time between them.
  await run(terminal, String.raw`printf '\360\237'; sleep 0.2; printf '\230\200\n'`);
  const recording = await stop(page, terminal);
  await run(terminal, 'echo af""ter');
  const text = await fetchCast(page, terminal.id);
  const cast = readCast(text);
  const bytes = Buffer.concat(heard).toString();
  const output = joined(cast, 'o');
  expect(output.length).toBeGreaterThan(1_000);
  expect(bytes.slice(0, output.length)).toBe(output);
  expect(bytes.slice(output.length)).toMatch(/^echo af""ter/);
  expect(output).toContain('👩‍👩‍👧');
  expect(output).toContain('😀');
  expect(output).not.toContain('\uFFFD');
  expect(output).not.toContain('before');
  expect(cast.header).toMatchObject({ width: 80, height: 24 });
  expect(recording.bytes).toBe(Buffer.byteLength(text));
  expect(readFileSync(fileOf(lab, terminal), 'utf8')).toBe(text);
  await page.close();
});

test('[P28] what is typed without an echo is not in it, and new sizes are', async () => {
  const { page, terminal } = await openShell(house);
  await start(page, terminal);
  const since = terminal.type('read -s -p "pa""ss:" word; echo; stty size\n');
  await terminal.waitForOutput(/pass:$/, { since });
  terminal.resize({ cols: 100, rows: 30 });
  terminal.type('correct horse\n');
  await terminal.waitForOutput(/^30 100$/m, { since });
  await stop(page, terminal);
  const text = await fetchCast(page, terminal.id);
  expect(text).not.toContain('correct');
  expect(joined(readCast(text), 'r')).toBe('100x30');
  await page.close();
});

test('[P28] a check that is earned is a marker at its time', async () => {
  const { page, terminal } = await openShell(house);
  await page.readStep(tinyStep);
  await start(page, terminal);
  terminal.type(`printf 12345 > ${join(dir, 'made')}\n`);
  await page.waitForCheck('made');
  await page.answerQuiz('which', 'right');
  await stop(page, terminal);
  const cast = readCast(await fetchCast(page, terminal.id));
  expect(joined(cast, 'm', ' ')).toBe('one/make/made one/make/which');
  const typed = cast.events.findIndex(([, , data]) => data.includes('12345'));
  expect(cast.events.findIndex(([, code]) => code === 'm')).toBeGreaterThan(typed);
  await page.close();
});

test('[P28] what the lab looks like is in it, whole first, though no page draws it', async () => {
  const { page, terminal, lab } = await openShell(house);
  await start(page, terminal);
  await waitUntil(() => readFileSync(fileOf(lab, terminal), 'utf8').includes(',"k",'));
  await stop(page, terminal);
  const looks = readCast(await fetchCast(page, terminal.id)).events.flatMap(([, code, data]) =>
    code === 'k' ? [xrayMessageSchema.parse(JSON.parse(data))] : [],
  );
  expect(looks).not.toEqual([]);
  expect(looks.map(({ whole }) => whole)).toEqual(looks.map((_look, index) => index === 0));
  await page.close();
});

test('[P28] looks take half of the file at most, and the terminal goes on being recorded', () => {
  const looks = new RecordedLooks(20_000);
  let written = 0;
  const lines = Array.from({ length: 200 }, (_unused, index) => {
    const processes = [makeProcess(index + 2, { command: ['x'.repeat(200)] })];
    const line = looks.line(index, makeSnapshot({ processes }));
    written += Buffer.byteLength(line);
    return line;
  });
  expect(written).toBeLessThanOrEqual(20_000);
  expect(lines.findLastIndex((line) => line !== '')).toBeGreaterThan(5);
  // Once one did not fit, none follows, though it might: it would be told as a difference from that one.
  const first = lines.indexOf('');
  expect(lines.slice(first).every((line) => line === '')).toBe(true);
});

test('[P27] at its bound a recording ends, and what is there is whole', async () => {
  const { page, terminal, lab } = await openShell(house);
  await start(page, terminal);
  terminal.type('seq 1 200000\n');
  const isOver = () => page.next('recording', ({ recording }) => recording.ended !== null, 60_000);
  expect((await isOver()).recording.ended).toBe('full');
  const { size } = statSync(fileOf(lab, terminal));
  expect(size).toBeLessThanOrEqual(LIMIT);
  expect(size).toBeGreaterThan(LIMIT / 2);
  const text = await fetchCast(page, terminal.id);
  expect(Buffer.byteLength(text)).toBe(size);
  expect(joined(readCast(text), 'o')).toContain('\r\n1000\r\n1001\r\n');
  await page.close();
});

test('[P27] it goes on while pages come and go, who hear of it, and ends with the shell', async () => {
  const { page, terminal, lab } = await openShell(house);
  await start(page, terminal);
  await page.close();
  const again = await house.connect(lab);
  expect((await again.next('recording')).recording).toMatchObject({ ended: null });
  const resumed = await again.attach(terminal.id);
  await run(resumed, 'echo la""ter');
  resumed.type('exit\n');
  const isOver = again.next('recording', ({ recording }) => recording.ended !== null);
  expect((await isOver).recording.ended).toBe('exited');
  expect(joined(readCast(await fetchCast(again, terminal.id)), 'o')).toContain('later\r\n');
  await again.close();
});

test('[P27] link started again goes on with what was recorded, byte for byte', async () => {
  const { page, terminal, lab } = await openShell(house);
  const heard: Buffer[] = [];
  const hear = (_offset: number, data: Uint8Array) => void heard.push(Buffer.from(data));
  terminal.onOutput = hear;
  await start(page, terminal);
  // The first half of a character before, the other after.
  const go = join(dir, 'go');
  const wait = `until [ -e ${go} ]; do sleep .05; done`;
  const since = terminal.type(
    `printf 'ke''pt \\360\\237'; ${wait}; printf '\\230\\200 la''ter\\n'\n`,
  );
  await terminal.waitForOutput(/kept /, { since });
  await house.restartLink();
  await house.ready();
  const again = await house.connect(lab);
  const { recording } = await again.next('recording');
  expect(recording).toMatchObject({ terminal: terminal.id, ended: null });
  const resumed = await again.attach(terminal.id, {
    offset: terminal.offset,
    prepare: (each) => {
      each.onOutput = hear;
    },
  });
  writeFileSync(go, '');
  await resumed.waitForOutput(/later\n/);
  resumed.resize({ cols: 91, rows: 29 });
  await run(resumed, 'stty size');
  expect((await stop(again, resumed)).ended).toBe('asked');
  const cast = readCast(await fetchCast(again, terminal.id));
  expect(joined(cast, 'o')).toBe(Buffer.concat(heard).toString());
  expect(joined(cast, 'o')).toContain('kept 😀 later\r\n');
  expect(joined(cast, 'r')).toBe('91x29');
  // Nothing was killed, so that nothing is missing.
  expect(joined(cast, 'm')).toBe('');
  await again.close();
});

test('[P27] what was stopped before link was started again does not go on', async () => {
  const { page, terminal, lab } = await openShell(house);
  await start(page, terminal);
  await stop(page, terminal);
  await house.restartLink();
  await house.ready();
  const again = await house.connect(lab);
  expect((await again.next('recording')).recording).toMatchObject({ ended: 'restarted' });
  await again.close();
});

test('[P27] a recording whose file was lost meanwhile does not go on', async () => {
  const { page, terminal, lab } = await openShell(house);
  await start(page, terminal);
  await house.stopLink();
  truncateSync(fileOf(lab, terminal), 60);
  await house.restartLink();
  await house.ready();
  const again = await house.connect(lab);
  await again.attach(terminal.id);
  again.send({ type: 'record', terminal: terminal.id, on: false });
  expect(await again.next('error')).toMatchObject({ code: 'no-such-recording' });
  await again.close();
});

test('[P27] recordings go with their lab', async () => {
  const { page, terminal, lab } = await openShell(house);
  await start(page, terminal);
  expect(existsSync(fileOf(lab, terminal))).toBe(true);
  house.keeper.loseLab(lab);
  await page.closed;
  await waitUntil(() => !existsSync(join(house.setup.ownDir, 'recordings', lab)));
  expect(existsSync(fileOf(lab, terminal))).toBe(false);
});

test('[P27] a fifth takes the place of the oldest that is over; five at once there are not', async () => {
  const { page, terminal } = await openShell(house);
  const others = [await page.open(), await page.open(), await page.open(), await page.open()];
  for (const each of [terminal, ...others.slice(0, 3)]) await start(page, each);
  const fifth = others[3];
  page.send({ type: 'record', terminal: fifth?.id ?? 0, on: true });
  expect(await page.next('error')).toMatchObject({ code: 'not-recorded', terminal: fifth?.id });
  await stop(page, terminal);
  page.send({ type: 'record', terminal: fifth?.id ?? 0, on: true });
  expect((await page.next('recording')).recording).toMatchObject({ terminal: fifth?.id });
  expect(await page.next('recording-gone')).toMatchObject({ terminal: terminal.id });
  page.send({ type: 'read-recording', terminal: terminal.id, offset: 0 });
  expect(await page.next('error')).toMatchObject({ code: 'no-such-recording' });
  await page.close();
});

test('[P27] one that cannot begin leaves the earlier one of its terminal, and takes no other out', async () => {
  const { page, terminal, lab } = await openShell(house);
  const others = [await page.open(), await page.open(), await page.open(), await page.open()];
  const fifth = others[3] ?? terminal;
  for (const each of [terminal, ...others.slice(0, 3)]) {
    await start(page, each);
    await stop(page, each);
  }
  const before = await fetchCast(page, terminal.id);
  // Not even root makes a file where a directory is: what is begun, and the place of what is whole.
  mkdirSync(`${fileOf(lab, terminal)}.new`);
  mkdirSync(fileOf(lab, fifth));
  for (const each of [terminal, fifth]) {
    page.send({ type: 'record', terminal: each.id, on: true });
    expect(await page.next('error')).toMatchObject({ code: 'not-recorded', terminal: each.id });
  }
  expect(await fetchCast(page, terminal.id)).toBe(before);
  for (const each of others.slice(0, 3)) expect(await fetchCast(page, each.id)).not.toBe('');
  await page.close();
});

test('[P22] a page that asks for more than it reads is cut, and others go on', async () => {
  const { page, terminal } = await openShell(house);
  const other = await openShell(house);
  await start(page, terminal);
  await run(terminal, 'seq 1 20000');
  page.stopReading();
  for (let asked = 0; asked < 3_000; asked += 1) {
    page.send({ type: 'read-recording', terminal: terminal.id, offset: 0 });
    // In pieces, as a page would: the client's own socket takes no more at once.
    if (asked % 100 === 0) await sleep(5);
  }
  await run(other.terminal, 'echo goes-on');
  page.goOnReading();
  expect((await page.closed).code).toBe(1006);
  await other.page.close();
});

test('[P8] [P27] [P29] who only watches neither records nor reads; bad requests are errors', async () => {
  const { page, terminal, lab } = await openShell(house);
  const { id } = terminal;
  await start(page, terminal);
  const watcher = await house.connect(lab, { role: 'watcher' });
  expect((await watcher.next('recording')).recording.terminal).toBe(id);
  watcher.send({ type: 'record', terminal: id, on: false });
  expect(await watcher.next('error')).toMatchObject({ code: 'read-only' });
  watcher.send({ type: 'read-recording', terminal: id, offset: 0 });
  expect(await watcher.next('error')).toMatchObject({ code: 'read-only' });
  page.send({ type: 'read-recording', terminal: id, offset: 10_000_000 });
  expect(await page.next('error')).toMatchObject({ code: 'no-such-recording', terminal: id });
  page.send({ type: 'record', terminal: 999, on: true });
  expect(await page.next('error')).toMatchObject({ code: 'no-such-terminal', terminal: 999 });
  page.send({ type: 'record', terminal: id, on: true });
  expect((await page.next('recording')).recording).toMatchObject({ terminal: id, ended: null });
  await watcher.close();
  await page.close();
});

test('[P27] where recording is turned off, it is said', async () => {
  const off = await openLinkHouse({ config: { recordingBytes: 0 } });
  const { page, terminal } = await openShell(off);
  page.send({ type: 'record', terminal: terminal.id, on: true });
  expect(await page.next('error')).toMatchObject({ code: 'not-recorded' });
  await page.close();
  await off.close();
});
