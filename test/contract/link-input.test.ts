// What is typed into a terminal, through link: each byte once, in order, and ^C first.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { INPUT_SETTLED_MS } from '../../server/link/limits.ts';
import { encodeFrame } from '../../server/protocol/frames.ts';
import { openLinkHouse, type LinkHouse } from '../support/link-house.ts';
import { openShell, waitUntil } from '../support/link-shell.ts';

/** A program that says so once it is there: ^C before that ends nothing, while bash is still about to start it. */
const WAITING = `perl -e '$|=1; print "wai"."ting\\n"; sleep 1000'`;

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

describe('input', () => {
  test('[P13] bytes that are sent twice are typed once', async () => {
    const { page, terminal } = await openShell(house);
    const since = terminal.place();
    const data = Buffer.from('echo a; ');
    const send = (offset: number, bytes: Buffer) =>
      page.sendRaw(encodeFrame({ kind: 'input', terminal: terminal.id, offset, data: bytes }));
    send(0, data);
    send(0, data);
    send(5, Buffer.from('a; echo b\n'));
    await terminal.waitForOutput(/^a\nb\n\$ $/m, { since });
    expect(terminal.text(since)).toBe('echo a; echo b\na\nb\n$ ');
    await page.close();
  });
  test('[P13] typed bytes are acknowledged when they are written', async () => {
    const { page, terminal } = await openShell(house);
    terminal.type('echo hello\n');
    await expect(terminal.written()).resolves.toBeUndefined();
    await page.close();
  });
  test('[P13] input with a hole before it is an error, and is not typed', async () => {
    const { page, terminal } = await openShell(house);
    const data = Buffer.from('x');
    page.sendRaw(encodeFrame({ kind: 'input', terminal: terminal.id, offset: 5, data }));
    expect(await page.next('error')).toMatchObject({ code: 'input-gap', terminal: terminal.id });
    await page.close();
  });
  test('[P13] the same client goes on counting after a cut, and nothing is typed twice', async () => {
    const { page, terminal, lab } = await openShell(house);
    terminal.type('echo one; ');
    await terminal.written();
    page.cut();
    const again = await house.connect(lab, { client: page.client });
    again.send({
      type: 'attach',
      request: 1,
      terminal: terminal.id,
      offset: 0,
      size: { cols: 80, rows: 24 },
    });
    expect((await again.next('attached')).inputOffset).toBe('echo one; '.length);
    await again.close();
  });
  test('[P13] input for an unknown terminal is an error, and the session goes on', async () => {
    const { page } = await openShell(house);
    page.sendRaw(encodeFrame({ kind: 'input', terminal: 77, offset: 0, data: Buffer.from('x') }));
    expect(await page.next('error')).toMatchObject({ code: 'no-such-terminal', terminal: 77 });
    await page.close();
  });
  test('[P13] two megabytes pasted into a slow reader arrive byte for byte', async () => {
    const { page, terminal } = await openShell(house);
    const file = join(dir, 'pasted');
    const paste = Buffer.from('0123456789abcdefghijklmnopqrstuvwxyz\n'.repeat(55_000));
    const since = terminal.type(
      `stty raw -echo; echo go; sleep 0.3; head -c ${paste.length} > ${file}; stty sane; echo fin""ished\n`,
    );
    await terminal.waitForOutput(/^go/m, { since });
    terminal.typeBytes(paste);
    await terminal.waitForOutput(/^finished/m, { since, within: 30_000 });
    expect(readFileSync(file).equals(paste)).toBe(true);
    await page.close();
  });
  test('[P14] ten megabytes pasted into a stalled reader arrive, and ^C is there before them', async () => {
    const { page, terminal } = await openShell(house);
    const file = join(dir, 'stalled');
    const paste = Buffer.from('0123456789abcdefghijklmnopqrstuvwxyz\n'.repeat(270_000));
    const since = terminal.type(
      'stty -echo; perl -e \'$|=1; $SIG{INT}=sub{print "got"."it\\n"; exit}; print "rea"."dy\\n"; sleep 60\'; ' +
        `stty raw; head -c ${paste.length} > ${file}; stty sane; echo fin""ished\n`,
    );
    await terminal.waitForOutput(/^ready/m, { since });
    terminal.typeBytes(paste);
    await page.settle();
    terminal.type('\x03');
    expect(await terminal.waitForOutput(/^gotit/m, { since })).toBeTruthy();
    await terminal.waitForOutput(/^finished/m, { since, within: 60_000 });
    expect(readFileSync(file).equals(paste)).toBe(true);
    await page.close();
  }, 90_000);
  test.each([
    ['of short lines', '0123456789abcdefghijklmnopqrstuvwxyz\n'.repeat(222)],
    ['of one line and a long one', `first\n${'0123456789'.repeat(850)}\n`],
  ])('[P14] ^C ends a program that reads nothing of 8 KB %s in the kernel', async (_, text) => {
    const { page, terminal } = await openShell(house);
    const file = join(dir, 'held');
    const since = terminal.type(
      'perl -e \'$|=1; $SIG{INT}=sub{print "got"."it\\n"; exit}; print "rea"."dy\\n"; sleep 1000\'; ' +
        `stty raw -echo; head -c ${text.length} > ${file}; stty sane; echo fin""ished\n`,
    );
    await terminal.waitForOutput(/^ready\n/m, { since });
    terminal.type(text);
    // The echo of as much as the line discipline takes.
    const echo = text.slice(0, 4_095).replaceAll('\n', '\r\n');
    await terminal.waitForOffset(terminal.offset + echo.length);
    terminal.type('\x03');
    expect(await terminal.waitForOutput(/gotit/, { since })).toBeTruthy();
    await terminal.waitForOutput(/^finished/m, { since });
    expect(readFileSync(file, 'utf8')).toBe(text);
    await page.close();
  });
  test('[P14] to ask the kernel before each ^C opens nothing for good, and hides no end', async () => {
    const { page, terminal } = await openShell(house);
    const open = readdirSync('/proc/self/fd').length;
    const since = terminal.type('trap "" INT; echo rea""dy; exec sleep 0.3\n');
    await terminal.waitForOutput(/^ready\n/m, { since });
    let typed = 0;
    const typing = setInterval(() => {
      typed += 1;
      terminal.type('\x03');
    }, 1);
    expect(await terminal.exited()).toMatchObject({ code: 0, signal: null });
    clearInterval(typing);
    expect(typed).toBeGreaterThan(50);
    // The stand-in keeper is in this process too: each had one of the terminal.
    await waitUntil(() => readdirSync('/proc/self/fd').length <= open - 2);
    expect(readdirSync('/proc/self/fd').length).toBe(open - 2);
    await page.close();
  });
  test('[P14] ^C takes back what was typed ahead, as on any terminal', async () => {
    const { page, terminal } = await openShell(house);
    const since = terminal.type(`${WAITING}\n`);
    await terminal.waitForOutput(/^waiting\n/m, { since });
    terminal.type('echo typed ah""ead\n');
    await terminal.waitForOutput(/typed ah/, { since });
    terminal.type('\x03');
    await terminal.waitForOutput(/\^C[^]*\$ $/, { since });
    terminal.type('echo af""ter\n');
    await terminal.waitForOutput(/^after\n\$ $/m, { since });
    expect(terminal.text(since)).not.toMatch(/^typed ahead/m);
    await page.close();
  });
  test('[P14] ^C takes it back too after thousands of keys for a program that reads keys', async () => {
    const { page, terminal } = await openShell(house);
    const KEYS = 6_000;
    const since = terminal.type(
      `stty raw -echo; echo rea""dy; head -c ${KEYS} > /dev/null; stty sane; ${WAITING}\n`,
    );
    await terminal.waitForOutput(/^ready/m, { since });
    for (let key = 0; key < KEYS; key += 1_000) {
      terminal.type('j'.repeat(1_000));
      // As keys do, unlike a paste: so that link can know what was read of those before.
      await sleep(1.5 * INPUT_SETTLED_MS);
    }
    await terminal.waitForOutput(/^waiting\n/m, { since });
    terminal.type('echo typed ah""ead\n');
    await terminal.waitForOutput(/typed ah/, { since });
    terminal.type('\x03');
    await terminal.waitForOutput(/typed ah[^]*\^C[^]*\$ $/, { since });
    terminal.type('echo af""ter\n');
    await terminal.waitForOutput(/^after\n\$ $/m, { since });
    expect(terminal.text(since)).not.toMatch(/^typed ahead/m);
    await page.close();
  });
  test('[P14] ^C goes ahead of a paste that waits', async () => {
    const { page, terminal } = await openShell(house);
    const since = terminal.type(
      `perl -e '$|=1; $SIG{INT}=sub{print "got"."it\\n"; exit}; system "stty -icanon min 1 -echo"; print "rea"."dy\\n"; sleep 60'\n`,
    );
    await terminal.waitForOutput(/^ready/m, { since });
    // Without a newline, so that the kernel's own queue is full and still looks at what comes.
    terminal.typeBytes(Buffer.alloc(3_000, 'x'));
    terminal.type('\x03');
    expect(await terminal.waitForOutput(/^gotit/m, { since })).toBeTruthy();
    await page.close();
  });
});
