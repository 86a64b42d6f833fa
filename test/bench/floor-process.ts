// Starts programs for the floors and times their first byte. A process of its own and small, because a start
// costs by the size of who starts: keeper is not the benchmark either. Knows no lab.
import { spawn } from 'node:child_process';
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

const kept: (() => void)[] = [];
/** Milliseconds that a start may take before it counts as failed. */
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
  release();
  process.exit();
});

async function answer(request: FloorRequest): Promise<FloorAnswer> {
  const { id } = request;
  if (request.verb === 'release') {
    release();
    return { type: 'released', id };
  }
  const times = await (request.pty ? startOnPty(request) : startOnPipe(request));
  return { type: 'started', id, ...times };
}

function release(): void {
  for (const kill of kept.splice(0)) kill();
}

function startOnPipe(command: FloorCommand): Promise<{ pid: number; first: number }> {
  return new Promise((resolve, reject) => {
    let complaint = '';
    const start = performance.now();
    const child = spawn(command.command, command.args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: exactEnvironment(command.environment),
    });
    const late = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
    let first: number | undefined;
    child.stdout.once('data', () => {
      first = performance.now() - start;
      clearTimeout(late);
      if (command.keep) {
        kept.push(() => child.kill('SIGKILL'));
        resolve({ pid: child.pid ?? 0, first });
      }
    });
    child.stderr.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString()).slice(0, 500);
    });
    child.on('error', reject);
    // Only when it has ended, so that its clearing away is not in the next measurement.
    child.on('close', () => {
      clearTimeout(late);
      if (first !== undefined) resolve({ pid: 0, first });
      else reject(new Error(complaint.trim() || `${command.command} wrote nothing`));
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
