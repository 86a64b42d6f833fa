// Starts programs for the floors and times their first byte. A process of its own and small, because a start
// costs by the size of who starts: keeper is not the benchmark either. Knows no lab.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
// oxlint-disable-next-line eslint/no-restricted-imports -- node-pty by itself is the floor
import { spawn as spawnOnPty } from 'node-pty';
import { exactEnvironment } from '../../server/foundation/environment.ts';
import { messageOf } from '../../server/foundation/errors.ts';
import {
  floorRequestSchema,
  type FloorAnswer,
  type FloorCommand,
  type FloorRequest,
} from './floor-messages.ts';
import { Tail } from './prompt.ts';

/** What runs until release: ends it, and resolves when it has ended. */
const kept: (() => Promise<unknown>)[] = [];
/** Milliseconds that a start or an end may take before it counts as failed. */
const PATIENCE_MS = 10_000;

process.on('message', (message: unknown) => {
  const request = floorRequestSchema.parse(message);
  answer(request).then(
    (value) => process.send?.(value),
    (error: unknown) => {
      const failed = { type: 'failed', id: request.id, sentence: messageOf(error) } as const;
      process.send?.(failed satisfies FloorAnswer);
    },
  );
});
process.on('disconnect', () => {
  void release().finally(() => process.exit());
});

async function answer(request: FloorRequest): Promise<FloorAnswer> {
  const { id } = request;
  if (request.verb === 'release') {
    await release();
    return { type: 'released', id };
  }
  const times = await (request.pty ? startOnPty(request) : startOnPipe(request, request.keep));
  return { type: 'started', id, ...times };
}

async function release(): Promise<void> {
  await Promise.all(kept.splice(0).map((end) => end()));
}

type Started = { pid: number; first: number; teardown?: number };

function startOnPipe(command: FloorCommand, keep: boolean): Promise<Started> {
  return new Promise((resolve, reject) => {
    let complaint = '';
    let isUp = false;
    const start = performance.now();
    const child = spawn(command.command, command.args, {
      stdio: 'pipe',
      env: exactEnvironment(command.environment),
    });
    const closed = once(child, 'close');
    closed.catch(() => undefined);
    const kill = (): void => void child.kill('SIGKILL');
    let late = setTimeout(kill, PATIENCE_MS);
    // Whoever reads from it ends with it: each peer takes itself apart as it does when its work is done.
    const end = async (): Promise<unknown> => {
      late = setTimeout(kill, PATIENCE_MS);
      child.stdin.end();
      return closed.finally(() => clearTimeout(late));
    };
    child.stdin.on('error', () => undefined);
    child.stdout.once('data', () => {
      const first = performance.now() - start;
      clearTimeout(late);
      isUp = true;
      const pid = child.pid ?? 0;
      if (keep) {
        kept.push(end);
        resolve({ pid, first });
        return;
      }
      const before = performance.now();
      // Only when it has ended, so that its clearing away is not in the next measurement.
      end().then(() => resolve({ pid, first, teardown: performance.now() - before }), reject);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString()).slice(0, 500);
    });
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(late);
      if (isUp) return;
      reject(new Error(complaint.trim() || `${command.command} wrote nothing`));
    });
  });
}

function startOnPty(
  command: FloorCommand,
): Promise<{ pid: number; first: number; prompt?: number }> {
  return new Promise((resolve, reject) => {
    const tail = new Tail();
    let first: number | undefined;
    let prompt: number | undefined;
    const start = performance.now();
    const pty = spawnOnPty(command.command, command.args, {
      encoding: null,
      env: command.environment,
    });
    const late = setTimeout(() => pty.kill('SIGKILL'), PATIENCE_MS);
    pty.onData((data: string | Uint8Array) => {
      first ??= performance.now() - start;
      tail.add(typeof data === 'string' ? Buffer.from(data) : data);
      if (prompt !== undefined || !tail.isPrompt) return;
      prompt = performance.now() - start;
      pty.kill('SIGKILL');
    });
    pty.onExit(() => {
      clearTimeout(late);
      if (first === undefined || prompt === undefined) {
        reject(new Error(`${command.command} showed no prompt`));
      } else resolve({ pid: 0, first, prompt });
    });
  });
}
