// Uses terminals as a learner does, over the real WebSocket: devices, job control, sizes, exits, limits.
// Knows no screen.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KernelHouse } from './kernel-house.ts';
import { readOf, until } from './kernel-view.ts';
import { openTerminal, type LearnerLab } from './learner-lab.ts';

const TERMINALS = 6;
/** keeper allows so many PTYs for each terminal of a lab: sudo, tmux and script open further ones. */
const PTYS_PER_TERMINAL = 16;

let house: KernelHouse;
let lab: LearnerLab;
let neighbour: LearnerLab;

beforeAll(async () => {
  house = await KernelHouse.open({ COULISSE_TERMINALS_PER_LAB: String(TERMINALS) });
  [lab, neighbour] = await Promise.all([house.enter(), house.enter()]);
});

afterAll(() => house.close());

/** Whether a process is a sleep whose group has its terminal (proc_pid_stat(5), pgrp and tpgid). */
function isSleepInForeground(pid: number): boolean {
  const [, name, fields = ''] = /\((.*)\) (.*)/s.exec(readOf(pid, 'stat') ?? '') ?? [];
  const [, , group, , , foreground] = fields.split(' ');
  return name === 'sleep' && group === foreground;
}

describe('[L7] terminals', () => {
  test('[L7] tty names a device that exists in the lab and belongs to student', async () => {
    const terminal = await openTerminal(lab.client);
    const since = terminal.type('tty; stat -c "<%F %U %G>" $(tty); ps -o tty= -p $$\n');
    const [text] = await terminal.waitForOutput(/\/dev\/(pts\/\d+)\n<.*>\n\1/, { since });
    expect(text).toContain('<character special file student tty>');
    terminal.hangUp();
    await terminal.exited();
  });

  test('[L7] a shell that ends at once is a terminal that has ended, each time', async () => {
    const other = await house.enter();
    await other.sudo('cp /bin/true /bin/bash.new; mv /bin/bash.new /bin/bash');
    for (let round = 0; round < 40; round += 1) {
      const terminal = await other.client.open();
      expect(await terminal.exited()).toMatchObject({ code: 0, signal: null });
    }
  });

  test('[L7] job control: ^Z stops, bg and fg go on, ^C interrupts', async () => {
    const terminal = await openTerminal(lab.client);
    let since = terminal.type('sleep 300\n');
    await terminal.waitForOutput(/sleep 300\n/, { since });
    await terminal.written();
    since = terminal.type('\x1a');
    await terminal.waitForOutput(/\[1\]\+\s+Stopped\s+sleep 300/, { since });
    since = terminal.type('bg; jobs\n');
    await terminal.waitForOutput(/\[1\]\+\s+Running\s+sleep 300 &/, { since });
    since = terminal.type('fg\n');
    await terminal.waitForOutput(/^sleep 300\n/m, { since });
    // bash says so before it gives the terminal to the job: ^C in between would be bash's own.
    await until('sleep has the terminal', () => lab.processes().some(isSleepInForeground));
    since = terminal.type('\x03');
    await terminal.waitForOutput(/\$ $/, { since });
    since = terminal.type('echo "<$?>"; jobs\n');
    await terminal.waitForOutput(/^<130>\n.*\$ $/m, { since });
    expect(terminal.text(since)).not.toContain('sleep 300');
    terminal.hangUp();
    await terminal.exited();
  });

  test('[L7] [P14] ^C ends a program that reads nothing of what the kernel holds, and no byte is lost', async () => {
    const terminal = await openTerminal(lab.client);
    const text = '0123456789abcdefghijklmnopqrstuvwxyz\n'.repeat(222);
    const since = terminal.type(
      `bash -c 'trap : INT; echo rea""dy; sleep 1000; echo o""ver; head -c ${text.length} | sha256sum'\n`,
    );
    await terminal.waitForOutput(/^ready/m, { since });
    await until('sleep runs', () => lab.processes().some(isSleepInForeground));
    const { offset } = terminal;
    terminal.type(text);
    // The echo of as much as the line discipline takes.
    const echo = text.slice(0, 4_095).replaceAll('\n', '\r\n');
    await terminal.waitForOffset(offset + echo.length);
    terminal.type('\x03');
    await terminal.waitForOutput(/over/, { since });
    const [digest] = await terminal.waitForOutput(/\b[0-9a-f]{64}\b/, { since });
    expect(digest).toBe(createHash('sha256').update(text).digest('hex'));
    terminal.hangUp();
    await terminal.exited();
  });

  test('[L7] a new size arrives in the kernel and as SIGWINCH', async () => {
    const terminal = await openTerminal(lab.client);
    let since = terminal.type('stty size; trap "echo changed to \\$(stty size)" WINCH\n');
    await terminal.waitForOutput(/^24 80\n/m, { since });
    await terminal.waitForOutput(/\$ $/, { since });
    since = terminal.place();
    terminal.resize({ cols: 132, rows: 43 });
    const [, size] = await terminal.waitForOutput(/changed to (\d+ \d+)/, { since });
    expect(size).toBe('43 132');
    terminal.hangUp();
    await terminal.exited();
  });

  test('[L7] tmux runs, with a PTY of its own from the lab', async () => {
    const terminal = await openTerminal(lab.client);
    let since = terminal.type('tmux new-session -s kept\n');
    await terminal.waitForOutput(/\[kept\]/, { since });
    since = terminal.type('echo "in-$TMUX_PANE-$(tty)"\n');
    const [, device] = await terminal.waitForOutput(/in-%0-(\/dev\/pts\/\d+)/, { since });
    expect(device).toMatch(/\d$/);
    since = terminal.type('exit\n');
    await terminal.waitForOutput(/\[exited\]/, { since });
    terminal.hangUp();
    await terminal.exited();
  });

  test('[L7] two terminals of one lab are two devices and see each other as processes', async () => {
    const [one, two] = await Promise.all([openTerminal(lab.client), openTerminal(lab.client)]);
    let since = one.type('echo "<$$ $(tty)>"\n');
    const [, pid, device] = await one.waitForOutput(/^<(\d+) (\S+)>/m, { since });
    since = two.type(`echo "<$(tty) $(ps -o tty= -p ${pid})>"\n`);
    const [, other, seen] = await two.waitForOutput(/^<(\S+) (\S+)>/m, { since });
    expect(other).not.toBe(device);
    expect(`/dev/${seen}`).toBe(device);
    for (const terminal of [one, two]) {
      terminal.hangUp();
      await terminal.exited();
    }
  });

  test('[L7] nothing is lost at exit: all of seq 1 200000 arrives, then the exit code', async () => {
    const terminal = await openTerminal(lab.client);
    const chunks: Buffer[] = [];
    terminal.onOutput = (_, data) => chunks.push(Buffer.from(data));
    terminal.type('stty -opost; echo from here; seq 1 200000; exit 7\n');
    const exit = await terminal.exited(40_000);
    await terminal.waitForOffset(exit.end);
    const expected = `from here\n${Array.from({ length: 200_000 }, (_, n) => `${n + 1}\n`).join('')}`;
    const all = Buffer.concat(chunks).toString('latin1');
    const whole = all.slice(all.indexOf('from here\n'));
    const digest = (text: string) => createHash('sha256').update(text).digest('hex');
    // The words of exit itself follow: bash says nothing, or "exit" for a login shell "logout".
    expect(digest(whole.slice(0, expected.length))).toBe(digest(expected));
    expect({ code: exit.code, signal: exit.signal }).toEqual({ code: 7, signal: null });
  });

  test.each([
    ['exit 0', { code: 0, signal: null }],
    ['exit 255', { code: 255, signal: null }],
    ['kill -KILL $$', { code: null, signal: 9 }],
    ['exec sh -c "kill -TERM \\$\\$"', { code: null, signal: 15 }],
  ])('[L7] the end of a shell is told: %s', async (command, end) => {
    const terminal = await openTerminal(lab.client);
    terminal.type(`${command}\n`);
    expect(await terminal.exited()).toMatchObject(end);
  });

  test('[L7] a hang-up ends the shell and what it runs in the foreground', async () => {
    const terminal = await openTerminal(lab.client);
    const since = terminal.type('echo "<$$>"; sleep 7777\n');
    const [, pid] = await terminal.waitForOutput(/^<(\d+)>/m, { since });
    await until('it runs', async () => (await lab.run('pgrep -fxc "sleep 7777"')).output === '1');
    terminal.hangUp();
    expect(await terminal.exited()).toMatchObject({ code: null, signal: 1 });
    await until('both are gone', async () => {
      const { output } = await lab.run(`pgrep -fxc 'sleep 7777'; kill -0 ${pid} 2>&1`);
      return /^0\n.*No such process$/.test(output);
    });
  });

  test('[L7] a hundred terminals opened and closed each show their prompt, and leave nothing', async () => {
    const before = lab.processes().length;
    const cycle = async () => {
      for (let round = 0; round < 25; round += 1) {
        const terminal = await openTerminal(lab.client);
        terminal.type('exit\n');
        expect((await terminal.exited()).code).toBe(0);
      }
    };
    await Promise.all([cycle(), cycle(), cycle(), cycle()]);
    const { output } = await lab.run('ls /dev/pts | grep -c [0-9]');
    expect(output).toBe('1');
    expect(lab.processes().length).toBeLessThanOrEqual(before);
  });

  test('[L7] a lab has so many terminals and no more, and says so', async () => {
    const open = [];
    // One is held by this suite's own shell.
    for (let number = 1; number < TERMINALS; number += 1) open.push(await openTerminal(lab.client));
    await expect(lab.client.open()).rejects.toThrow('too-many-terminals');
    for (const terminal of open) terminal.hangUp();
    for (const terminal of open) await terminal.exited();
    (await openTerminal(lab.client)).hangUp();
  });

  test('[L7] [A57] a lab that takes all its PTYs gets ENOSPC, and its neighbour still opens terminals', async () => {
    const script = `perl -e 'while (open(my $f, "+<", "/dev/ptmx")) { push @f, $f } print scalar(@f), $!{ENOSPC} ? " ENOSPC" : " $!"'`;
    const { output } = await lab.run(script);
    expect(output).toMatch(/^\d+ ENOSPC$/);
    expect(Number.parseInt(output)).toBeLessThan(TERMINALS * PTYS_PER_TERMINAL);
    (await openTerminal(neighbour.client)).hangUp();
  });

  test('[L7] the terminal of the lab host is out of reach: no process of the lab has one', async () => {
    const { output } = await lab.sudo(
      'ls /dev/console /dev/tty0 /dev/tty1 2>&1 | grep -c "No such"',
    );
    expect(output).toBe('3');
  });
});
