// link killed by -9 while it records: what the recording has is compared with what was printed, line by line.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { newLabId } from '../../server/foundation/random-id.ts';
import { fetchCast, joined, readCast } from '../support/cast.ts';
import { connectLab, type LabClient } from '../support/lab-client.ts';
import { openLinkHouse, type LinkHouse } from '../support/link-house.ts';
import { startLinkProcess, type LinkProcess } from '../support/link-process.ts';

const KILLS = 4;
const LINES = 20_000;

let house: LinkHouse;
let processes: LinkProcess;
let dir: string;
beforeEach(async () => {
  house = await openLinkHouse({ config: { recordingBytes: 8 * 1024 ** 2 } });
  await house.stopLink();
  processes = await startLinkProcess(house.setup);
  await house.ready();
  dir = mkdtempSync(join(tmpdir(), 'recording-kills-'));
});
afterEach(async () => {
  processes.close();
  await house.close();
  rmSync(dir, { recursive: true });
});

function connect(lab: string): Promise<LabClient> {
  return connectLab({ url: processes.url, lab, grant: house.grant({ lab }) });
}

test('[P27] [P28] a recording goes on over kills of link, lacks what was moving at most, and says where', async () => {
  const lab = newLabId();
  let page = await connect(lab);
  let terminal = await page.open();
  await terminal.waitForOutput(/\$ $/);
  page.send({ type: 'record', terminal: terminal.id, on: true });
  await page.next('recording');
  // Slowly enough for all the kills, in pieces that cut characters.
  terminal.type(
    `for n in $(seq ${LINES}); do echo "$n:é$n"; [ $((n % 500)) = 0 ] && sleep .05; done; echo fin""ished\n`,
  );
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const mark = `${kill * Math.floor(LINES / (KILLS + 2))}:`;
    await terminal.waitForOutput(new RegExp(`^${mark}`, 'm'));
    processes.link.kill('SIGKILL');
    await page.closed;
    processes.close();
    processes = await startLinkProcess(house.setup);
    await house.ready();
    page = await connect(lab);
    const { recording } = await page.next('recording');
    expect(recording).toMatchObject({ terminal: terminal.id, ended: null });
    terminal = await page.attach(terminal.id, { offset: terminal.offset });
  }
  await terminal.waitForOutput(/finished/, { within: 60_000 });
  page.send({ type: 'record', terminal: terminal.id, on: false });
  const isOver = await page.next('recording', ({ recording }) => recording.ended !== null);
  expect(isOver.recording.ended).toBe('asked');
  const cast = readCast(await fetchCast(page, terminal.id));
  expect(joined(cast, 'm', ' ')).toBe(Array.from({ length: KILLS }, () => 'torn').join(' '));
  const lines = joined(cast, 'o').split('\r\n');
  const wanted = new Set(Array.from({ length: LINES }, (_, at) => `${at + 1}:é${at + 1}`));
  const found = lines.filter((line) => wanted.has(line));
  // Nothing twice, nothing out of its place, and each hole smaller than a turn of link's loop.
  expect(new Set(found).size).toBe(found.length);
  expect(found.map((line) => Number.parseInt(line, 10))).toEqual(
    found.map((line) => Number.parseInt(line, 10)).toSorted((a, b) => a - b),
  );
  expect(found.length).toBeGreaterThan(LINES - KILLS * 6_000);
  expect(found.length).toBeGreaterThan(LINES / 2);
  await page.close();
}, 120_000);
