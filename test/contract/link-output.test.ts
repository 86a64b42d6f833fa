// What a terminal prints, through link: real bash on real PTYs, real WebSockets, a stand-in for keeper.
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ACK_EVERY_BYTES,
  OUTPUT_HIGH_MARK_BYTES,
  RING_BYTES,
  STALLED_AFTER_MS,
} from '../../server/protocol/flow-control.ts';
import type { LabTerminal } from '../support/lab-terminal.ts';
import { openLinkHouse, type LinkHouse } from '../support/link-house.ts';
import { openShell, run, waitForFile, waitUntil } from '../support/link-shell.ts';

let house: LinkHouse;
let dir: string;
beforeAll(async () => {
  house = await openLinkHouse({ config: { terminalsPerLab: 3 } });
  dir = mkdtempSync(join(tmpdir(), 'terminal-'));
});
afterAll(async () => {
  await house.close();
  rmSync(dir, { recursive: true });
});

function collect(terminal: LabTerminal): { hash(): string; bytes(): number } {
  const hash = createHash('sha256');
  let bytes = 0;
  terminal.onOutput = (_offset, data) => {
    hash.update(data);
    bytes += data.length;
  };
  return { hash: () => hash.copy().digest('hex'), bytes: () => bytes };
}

describe('opening', () => {
  test('[P9] a terminal is opened, its size is the one asked for, and it echoes', async () => {
    const { page, terminal } = await openShell(house);
    const since = terminal.type('stty size\n');
    expect(await terminal.waitForOutput(/^24 80$/m, { since })).toBeTruthy();
    await page.close();
  });
  test('[P9] one terminal too many is an error with its request, and the session goes on', async () => {
    const { page } = await openShell(house);
    await page.open();
    await page.open();
    await expect(page.open()).rejects.toThrow('too-many-terminals');
    await page.settle();
    await page.close();
  });
  test('[P9] another page of the lab is told of the new terminal', async () => {
    const { page, terminal, lab } = await openShell(house);
    const other = await house.connect(lab);
    expect(other.welcome.terminals).toMatchObject([{ terminal: terminal.id, exited: false }]);
    const second = await page.open();
    expect((await other.next('terminal-added')).state.terminal).toBe(second.id);
    await page.close();
    await other.close();
  });
  test('[P10] attaching to a terminal that is not there is an error', async () => {
    const { page } = await openShell(house);
    page.send({
      type: 'attach',
      request: 1,
      terminal: 999,
      offset: 0,
      size: { cols: 80, rows: 24 },
    });
    expect(await page.next('error')).toMatchObject({ code: 'no-such-terminal', terminal: 999 });
    await page.close();
  });
});

describe('coming back', () => {
  test('[P10] a page that comes back gets exactly the bytes after its offset', async () => {
    const { page, terminal, lab } = await openShell(house);
    await run(terminal, 'seq 1 1000');
    const { offset } = terminal;
    page.cut();
    const again = await house.connect(lab);
    const resumed = await again.attach(terminal.id, { offset });
    await run(resumed, 'echo only th""is');
    expect(resumed.text()).toMatch(/^echo only th""is; echo fin""ished\nonly this\nfinished\n\$ $/);
    expect(resumed.gaps).toBe(0);
    await again.close();
  });
  test('[P10] a page that attaches from 0 sees everything that the ring holds', async () => {
    const { page, terminal, lab } = await openShell(house);
    await run(terminal, 'seq 1 500');
    const again = await house.connect(lab);
    const copy = await again.attach(terminal.id);
    await copy.waitForOffset(terminal.offset);
    expect(copy.text()).toBe(terminal.text());
    await page.close();
    await again.close();
  });
  test('[P10] an offset that the ring no longer holds, or has never reached, is a gap', async () => {
    const { page, terminal, lab } = await openShell(house);
    await run(terminal, `head -c ${RING_BYTES + 100_000} /dev/zero | tr '\\0' x; echo`);
    const again = await house.connect(lab);
    const copy = await again.attach(terminal.id, { offset: 10 });
    expect(copy.gaps).toBe(1);
    await copy.waitForOffset(terminal.offset);
    await again.close();
    const ahead = await house.connect(lab);
    expect((await ahead.attach(terminal.id, { offset: terminal.offset + 1 })).gaps).toBe(1);
    await ahead.close();
    await page.close();
  });
});

describe('output', () => {
  test('[P11] four megabytes arrive byte for byte', async () => {
    const file = join(dir, 'four');
    const content = Array.from({ length: 400_000 }, (_, line) => `line ${line}`).join('\n');
    writeFileSync(file, content);
    const { page, terminal } = await openShell(house);
    const ready = terminal.type(
      'stty -echo -opost; echo rea""dy; read; cat ' + file + '; sleep 60\n',
    );
    await terminal.waitForOutput(/^ready\n/m, { since: ready });
    const output = collect(terminal);
    const from = terminal.offset;
    terminal.type('\n');
    await terminal.waitForOffset(from + content.length);
    expect(output.hash()).toBe(createHash('sha256').update(content).digest('hex'));
    expect(terminal.gaps).toBe(0);
    await page.close();
  });
  test('[P11] no more than the high mark is sent to a page that acknowledges nothing', async () => {
    const { page, terminal } = await openShell(house);
    terminal.stopParsing();
    terminal.type('seq 1 200000\n');
    // The page may have parsed less than a piece and not acknowledged it yet.
    const most = OUTPUT_HIGH_MARK_BYTES - ACK_EVERY_BYTES;
    await waitUntil(() => terminal.backlogBytes >= most);
    await page.settle();
    expect(terminal.backlogBytes).toBeLessThanOrEqual(OUTPUT_HIGH_MARK_BYTES);
    const since = terminal.place();
    terminal.goOnParsing();
    await terminal.waitForOutput(/^200000\n/m, { since });
    expect(terminal.gaps).toBe(0);
    await page.close();
  });
  test('[P12] a page that had nothing to acknowledge for long misses nothing of a flood, though it takes a moment', async () => {
    const { page, terminal } = await openShell(house);
    await sleep(STALLED_AFTER_MS + 200);
    terminal.stopParsing();
    const since = terminal.type('seq 1 600000\n');
    await sleep(STALLED_AFTER_MS / 4);
    terminal.goOnParsing();
    await terminal.waitForOutput(/^600000\n/m, { since });
    expect(terminal.gaps).toBe(0);
    await page.close();
  });
  test('[P12] a page that acknowledges what it was sent before is not stalled in what comes behind it', async () => {
    const { page, terminal } = await openShell(house);
    const behind = await page.open();
    const most = OUTPUT_HIGH_MARK_BYTES - ACK_EVERY_BYTES;
    for (const each of [terminal, behind]) {
      await each.waitForOutput(/\$ $/);
      each.stopParsing();
      each.type('seq 1 600000\n');
      await waitUntil(() => each.backlogBytes >= most);
    }
    // As over a slow line: what was sent first is parsed first, a little at a time.
    for (let part = 1; part <= 6; part += 1) {
      await sleep(STALLED_AFTER_MS / 4);
      const offset = terminal.offset + part * 1_000;
      page.send({ type: 'ack', terminal: terminal.id, offset });
    }
    for (const each of [terminal, behind]) {
      const since = each.place();
      each.goOnParsing();
      await each.waitForOutput(/^600000\n/m, { since });
      expect(each.gaps).toBe(0);
    }
    await page.close();
  });
  test('[P12] a page that reads one terminal and not another holds up no program in that', async () => {
    const { page, terminal } = await openShell(house);
    const unread = await page.open();
    await unread.waitForOutput(/\$ $/);
    unread.stopParsing();
    const file = join(dir, 'unread');
    unread.type(`seq 1 600000; touch ${file}\n`);
    while (!existsSync(file)) await run(terminal, 'seq 1 20000');
    expect(terminal.gaps).toBe(0);
    await page.close();
  });
  test('[P12] a page that is away holds up no program', async () => {
    const { page, lab } = await openShell(house);
    page.terminals.get(1)?.type(`seq 1 1000000 > /dev/tty; touch ${join(dir, 'away')}\n`);
    await page.settle();
    page.cut();
    await waitForFile(join(dir, 'away'));
    const again = await house.connect(lab);
    const copy = await again.attach(1);
    expect(copy.gaps).toBe(1);
    await copy.waitForOutput(/^1000000\n/m);
    await again.close();
  });
  test('[P12] a learner sees everything beside a stalled watcher, who is told its gap', async () => {
    const { page, terminal, lab } = await openShell(house);
    const watcher = await house.connect(lab, { role: 'watcher' });
    const copy = await watcher.attach(terminal.id);
    copy.stopParsing();
    await run(terminal, 'seq 1 600000');
    expect(terminal.gaps).toBe(0);
    copy.goOnParsing();
    await copy.waitForOutput(/^600000\n/m);
    expect(copy.gaps).toBe(1);
    await page.close();
    await watcher.close();
  });
});
