// What is typed into a terminal whose descriptor is closed by then, and whose number is somebody else's.
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// oxlint-disable-next-line no-restricted-imports -- opens a PTY as keeper does
import { spawn } from 'node-pty';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { declare } from '../../server/kernel/libc.ts';
import { Master } from '../../server/link/master.ts';
import { waitUntil } from '../support/link-shell.ts';
import { fdOf } from '../support/stand-in-keeper.ts';

const dup = declare('int dup(int fd)');

let dir: string;
let opened: number[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'master-'));
  opened = [];
});
afterEach(() => {
  for (const fd of opened) closeSync(fd);
  rmSync(dir, { recursive: true });
});

/** Opens a file under that number once it is free: open(2) gives the lowest, so that lower ones are kept. */
function takeNumber(wanted: number): boolean {
  for (;;) {
    const fd = openSync(join(dir, 'secrets'), 'a');
    if (fd <= wanted) opened.push(fd);
    else closeSync(fd);
    if (fd >= wanted) return fd === wanted;
  }
}

function masterOf(program: string[], ended: () => void) {
  const [file = 'sh', ...args] = program;
  const pty = spawn(file, args, { cols: 80, rows: 24 });
  const fd = dup(fdOf(pty));
  const master = new Master(fd, { output: () => undefined, ended });
  return { pty, fd, master };
}

describe('a master that is closed', () => {
  test('[P16] takes what is typed and sets what is asked nowhere, from the moment it is closed', async () => {
    let isOver = false;
    const { fd, master } = masterOf(['sh', '-c', 'sleep 0.2'], () => (isOver = true));
    let isTaken = false;
    // Each turn before and after its end, whoever is told of it first.
    while (!isTaken) {
      master.write(Buffer.from('password\n'));
      isTaken = takeNumber(fd);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(master.write(Buffer.from('password\n'))).toBe(9);
    expect(() => master.resize({ cols: 100, rows: 30 })).not.toThrow();
    expect([master.interrupt(), master.heldInput()]).toEqual([false, undefined]);
    await waitUntil(() => isOver);
    expect(readFileSync(join(dir, 'secrets'), 'utf8')).toBe('');
  });
  test('[P16] that link itself closes is written to no more', async () => {
    let isOver = false;
    const { pty, fd, master } = masterOf(['sleep', '60'], () => (isOver = true));
    master.close();
    master.write(Buffer.from('password\n'));
    await waitUntil(() => isOver);
    expect(takeNumber(fd)).toBe(true);
    expect(master.write(Buffer.from('password\n'))).toBe(9);
    expect(readFileSync(join(dir, 'secrets'), 'utf8')).toBe('');
    pty.kill('SIGKILL');
  });
});
