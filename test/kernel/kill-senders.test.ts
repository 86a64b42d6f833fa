// Who sent signal 9, as the kernel's tracepoint tells, compared with what was done.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { hrtime } from 'node:process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  KillSenders,
  keepFirst,
  onlineProcessors,
  type Sent,
} from '../../server/kernel/kill-senders.ts';
import { until } from './kernel-view.ts';

/** Records of one processor's memory, each of 72 bytes, three times over. */
const OVERFLOW = 6000;

let senders: KillSenders;
beforeEach(() => {
  senders = new KillSenders();
});
afterEach(() => senders.close());

function pidOf(child: ChildProcess | { pid: number }): number {
  return child.pid ?? 0;
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

/** Processes that have killed themselves, all on one processor. */
function killMany(cpu: number, count: number): number[] {
  const storm = `for ((i = 0; i < ${count}; i++)); do (echo $BASHPID; kill -9 $BASHPID); done`;
  const { stdout } = spawnSync('/usr/bin/taskset', ['-c', String(cpu), 'bash', '-c', storm], {
    encoding: 'latin1',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const killed = stdout.trim().split('\n').map(Number);
  expect(killed).toHaveLength(count);
  return killed;
}

test('a process sent it, by kill(2)', async () => {
  const sleeper = spawn('sleep', ['600'], { stdio: 'ignore' });
  const ended = once(sleeper, 'exit');
  sleeper.kill('SIGKILL');
  await ended;
  expect(senders.drain().get(pidOf(sleeper))?.sender).toBe('process');
  expect(senders.drain().get(pidOf(sleeper))).toBeUndefined();
});

test('the kernel sent it for a limit of the process itself', () => {
  const busy = spawnSync('bash', ['-c', 'ulimit -t 1; while :; do :; done']);
  expect(busy.signal).toBe('SIGKILL');
  expect(senders.drain().get(pidOf(busy))?.sender).toBe('itself');
});

test('the kernel sent it to all that were in a PID namespace when its PID 1 ended', async () => {
  const outer = spawn(
    '/usr/bin/unshare',
    ['-pf', 'sh', '-c', 'sleep 600 & sleep 601 & read line'],
    {
      stdio: ['pipe', 'ignore', 'ignore'],
    },
  );
  const inside = await until('two inside', () => {
    const [first = 0] = childrenOf(pidOf(outer));
    const found = first === 0 ? [] : childrenOf(first);
    return found.length === 2 ? found : undefined;
  });
  const ended = once(outer, 'exit');
  outer.stdin?.end('\n');
  await ended;
  const told = senders.drain();
  expect(inside.map((pid) => told.get(pid)?.sender)).toEqual(['kernel', 'kernel']);
});

test('what is ignored, and what is no such signal, is not told', async () => {
  const child = spawn('/usr/bin/unshare', ['-pf', 'sh', '-c', 'kill -9 1; kill -15 1; exit 7'], {
    stdio: 'ignore',
  });
  await once(child, 'exit');
  expect(child.exitCode).toBe(7);
  const told = senders.drain();
  expect([...told.keys()].filter((pid) => pid > pidOf(child) && pid < pidOf(child) + 3)).toEqual(
    [],
  );
});

test('it is told when, by a clock that all processors have', async () => {
  const sleeper = spawn('sleep', ['600'], { stdio: 'ignore' });
  const ended = once(sleeper, 'exit');
  const before = hrtime.bigint();
  sleeper.kill('SIGKILL');
  const after = hrtime.bigint();
  await ended;
  const at = senders.drain().get(pidOf(sleeper))?.at ?? 0n;
  expect(at > before && at < after, `${before} < ${at} < ${after}`).toBe(true);
});

test('of two signals the one that was sent first is kept, whichever is read first', () => {
  const early: Sent = { sender: 'process', at: 1n };
  const late: Sent = { sender: 'kernel', at: 2n };
  for (const order of [
    [early, late],
    [late, early],
  ]) {
    const known = new Map<number, Sent>();
    for (const sent of order) keepFirst(known, 7, sent);
    expect(known.get(7)).toEqual(early);
  }
});

test('of more than fit into its memory some are lost, which is counted, and it goes on telling', () => {
  const [cpu = 0] = onlineProcessors();
  const killed = killMany(cpu, OVERFLOW);
  const told = senders.drain();
  const heard = killed.filter((pid) => told.has(pid)).length;
  expect(heard).toBeGreaterThan(0);
  expect(heard).toBeLessThan(OVERFLOW);
  // Three times 800 go over the edge, wherever the first one lay.
  for (let round = 0; round < 3; round += 1) {
    const more = killMany(cpu, 800);
    const senderOf = senders.drain();
    expect(more.filter((pid) => senderOf.get(pid)?.sender !== 'process')).toEqual([]);
  }
  expect(senders.lost).toBeGreaterThanOrEqual(OVERFLOW - heard);
});
