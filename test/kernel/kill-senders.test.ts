// Who sent signal 9, as the kernel's tracepoint tells, compared with what was done.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KillSenders } from '../../server/kernel/kill-senders.ts';
import { until } from './kernel-view.ts';

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

test('a process sent it, by kill(2)', async () => {
  const sleeper = spawn('sleep', ['600'], { stdio: 'ignore' });
  const ended = once(sleeper, 'exit');
  sleeper.kill('SIGKILL');
  await ended;
  expect(senders.drain().get(pidOf(sleeper))).toBe('process');
  expect(senders.drain().get(pidOf(sleeper))).toBeUndefined();
});

test('the kernel sent it for a limit of the process itself', () => {
  const busy = spawnSync('bash', ['-c', 'ulimit -t 1; while :; do :; done']);
  expect(busy.signal).toBe('SIGKILL');
  expect(senders.drain().get(pidOf(busy))).toBe('itself');
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
  expect(inside.map((pid) => told.get(pid))).toEqual(['kernel', 'kernel']);
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

test('with as many as fit into its memory many times over, it goes on telling', async () => {
  // Each round is one death and one line of the ring, which holds some two thousand.
  const storm = 'for i in $(seq 3000); do sleep 600 & kill -9 $!; wait $! 2>/dev/null; done';
  spawnSync('bash', ['-c', storm], { stdio: 'ignore' });
  senders.drain();
  const sleeper = spawn('sleep', ['600'], { stdio: 'ignore' });
  const ended = once(sleeper, 'exit');
  sleeper.kill('SIGKILL');
  await ended;
  expect(senders.drain().get(pidOf(sleeper))).toBe('process');
});
