// link killed by -9 again and again while it moves bytes both ways: what the program read and what the page saw
// are compared with what was typed, byte for byte.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { newLabId } from '../../server/foundation/random-id.ts';
import { TURN_BYTES } from '../../server/protocol/flow-control.ts';
import { connectLab, type LabClient } from '../support/lab-client.ts';
import { openLinkHouse, type LinkHouse } from '../support/link-house.ts';
import { startLinkProcess, type LinkProcess } from '../support/link-process.ts';

const KILLS = 6;
const MOST_TYPED = 60_000;

/** Perl that copies its input to a file and to its output, keeping nothing back, until it has read END. */
const copyToBoth =
  'open F, ">", $ARGV[0]; $| = 1; ' +
  'until ($end eq "END") { ' +
  'sysread STDIN, $b, 65536; $end = substr $end . $b, -3; syswrite F, $b; print STDOUT $b }';

let house: LinkHouse;
let processes: LinkProcess;
let dir: string;
beforeEach(async () => {
  house = await openLinkHouse();
  await house.stopLink();
  processes = await startLinkProcess(house.setup);
  await house.ready();
  dir = mkdtempSync(join(tmpdir(), 'kills-'));
});
afterEach(async () => {
  processes.close();
  await house.close();
  rmSync(dir, { recursive: true });
});

function connect(lab: string, client?: string): Promise<LabClient> {
  const { url } = processes;
  return connectLab({ url, lab, grant: house.grant({ lab }), ...(client ? { client } : {}) });
}

async function killLink(page: LabClient): Promise<void> {
  processes.link.kill('SIGKILL');
  await page.closed;
  processes.close();
  processes = await startLinkProcess(house.setup);
  await house.ready();
}

test('[P23] [P13] over six kills each byte is typed once or said to be uncertain, and all but what was moving is seen', async () => {
  const content = Buffer.from(
    Array.from({ length: 40_000 }, (_, at) => `${at}:${at}\n`).join('') + 'END',
  );
  const seed = Date.now() % 2 ** 31;
  const plan = fc.record({ typed: fc.nat({ max: MOST_TYPED }), seen: fc.nat({ max: MOST_TYPED }) });
  const lab = newLabId();
  const file = join(dir, 'typed');
  let page = await connect(lab);
  let terminal = await page.open();
  await terminal.waitForOutput(/\$ $/);
  const since = terminal.type(
    `stty raw -echo; echo go; perl -e '${copyToBoth}' ${file}; stty sane; echo fin""ished\n`,
  );
  await terminal.waitForOutput(/^go\n/m, { since });
  const base = terminal.typed;
  let seen = terminal.text(since).replace(/^[^]*?^go\n/m, '');
  let skipped = terminal.place();
  let torn = 0;
  let uncertain = 0;
  for (const { typed, seen: awaited } of fc.sample(plan, { numRuns: KILLS, seed })) {
    const from = terminal.typed - base;
    terminal.typeBytes(content.subarray(from, from + typed));
    await terminal.waitForOffset(terminal.offset + Math.min(typed, awaited) / 2);
    await killLink(page);
    seen += terminal.text(skipped);
    const { offset, id } = terminal;
    page = await connect(lab, page.client);
    terminal = await page.attach(id, { offset });
    torn += Number(terminal.torn !== undefined);
    const { uncertainFrom = terminal.typed } = terminal;
    uncertain += terminal.typed - uncertainFrom;
    expect(terminal.gaps, `seed ${seed}`).toBe(0);
    skipped = 0;
  }
  terminal.typeBytes(content.subarray(terminal.typed - base));
  await terminal.waitForOutput(/ENDfinished/, { within: 30_000 });
  seen = (seen + terminal.text()).replace(/finished[^]*/, '');
  const read = readFileSync(file, 'utf8');
  expect(content.length - read.length, `not typed, seed ${seed}`).toBeLessThanOrEqual(uncertain);
  expect(strangeLines(read, content.toString()), `typed, seed ${seed}`).toBeLessThanOrEqual(KILLS);
  expect(torn).toBe(KILLS);
  expect(content.length - seen.length, `missing, seed ${seed}`).toBeLessThanOrEqual(
    KILLS * TURN_BYTES,
  );
  // Each hole, of what was moving or of what was not typed, leaves one line that is no line.
  expect(strangeLines(seen, content.toString()), `seed ${seed}`).toBeLessThanOrEqual(2 * KILLS);
  await page.close();
}, 240_000);

/** Lines that are none of the whole, or not in its order, or there twice. */
function strangeLines(part: string, whole: string): number {
  const places = new Map(whole.split('\n').map((line, at) => [line, at]));
  let last = -1;
  let strange = 0;
  for (const line of part.split('\n')) {
    const at = places.get(line) ?? -1;
    if (at <= last) strange += 1;
    else last = at;
  }
  return strange;
}
