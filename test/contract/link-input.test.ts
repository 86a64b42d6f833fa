// What is typed into a terminal, through link: each byte once, in order, and ^C first.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeFrame } from '../../server/protocol/frames.ts';
import { openLinkHouse, type LinkHouse } from '../support/link-house.ts';
import { openShell } from '../support/link-shell.ts';

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
    again.send({ type: 'attach', terminal: terminal.id, offset: 0, size: { cols: 80, rows: 24 } });
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
