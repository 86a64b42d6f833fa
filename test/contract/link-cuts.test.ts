// A paste over a connection that is cut a thousand times at random places: what the program reads and what the
// page sees are compared with what was typed, byte for byte.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openLinkHouse, type LinkHouse } from '../support/link-house.ts';
import { openShell } from '../support/link-shell.ts';

/** How often the connection is cut, and how many bytes are typed between two cuts at most. */
const ways = [
  { cuts: 50, mostTyped: 16_000 },
  { cuts: 1_000, mostTyped: 900 },
];

/** Perl that copies so many bytes of its input to a file and to its output, keeping none back. */
const copyToBoth =
  '($left, $file) = @ARGV; open F, ">", $file; $| = 1; ' +
  'while ($left) { $left -= sysread STDIN, $b, 65536; syswrite F, $b; print STDOUT $b }';

let house: LinkHouse;
let dir: string;
beforeAll(async () => {
  house = await openLinkHouse();
  dir = mkdtempSync(join(tmpdir(), 'cuts-'));
});
afterAll(async () => {
  await house.close();
  rmSync(dir, { recursive: true });
});

test.each(ways)(
  '[P13] [P10] over $cuts cuts each byte is typed once and seen once',
  async (way) => {
    const { cuts: numRuns, mostTyped } = way;
    const content = Buffer.from(Array.from({ length: 80_000 }, (_, line) => `${line}\n`).join(''));
    const seed = Date.now() % 2 ** 31;
    const cuts = fc.sample(
      // How much is typed, and how much output is awaited, before the connection is cut.
      fc.record({ typed: fc.nat({ max: mostTyped }), seen: fc.nat({ max: mostTyped / 2 }) }),
      { numRuns, seed },
    );
    const file = join(dir, 'typed');
    let { page, terminal } = await openShell(house);
    const { lab } = page.options;
    const since = terminal.type(
      `stty raw -echo; echo go; perl -e '${copyToBoth}' ${content.length} ${file}; stty sane; echo fin""ished\n`,
    );
    await terminal.waitForOutput(/^go\n/m, { since });
    const base = terminal.typed;
    let place = terminal.offset;
    let seen = terminal.text(since).replace(/^[^]*?^go\n/m, '');
    let skipped = terminal.place();

    for (const cut of cuts) {
      const from = terminal.typed - base;
      terminal.typeBytes(content.subarray(from, from + cut.typed));
      const certain = Math.min(terminal.typed - base, seen.length + cut.seen);
      await terminal.waitForOffset(place + certain - seen.length);
      page.cut();
      await page.closed;
      seen += terminal.text(skipped);
      place = terminal.offset;
      page = await house.connect(lab, { client: page.client });
      terminal = await page.attach(terminal.id, { offset: place });
      expect(terminal.gaps, `seed ${seed}`).toBe(0);
      skipped = 0;
    }
    terminal.typeBytes(content.subarray(terminal.typed - base));
    await terminal.waitForOutput(/^finished/m, { within: 30_000 });
    seen += terminal.text();
    expect(readFileSync(file).equals(content), `typed, seed ${seed}`).toBe(true);
    expect(seen.slice(0, content.length) === content.toString(), `seen, seed ${seed}`).toBe(true);
    expect(seen.slice(content.length)).toMatch(/^finished/);
    await page.close();
  },
  240_000,
);
