// The spawner: keeper's only child that starts processes in labs, from call programs: lists of system calls that
// need no program on the way but the one that shall run in the lab. Ends with keeper.
import { Socket } from 'node:net';
import { writeSync } from 'node:fs';
import { messageOf } from '../../foundation/errors.ts';
import { readJsonLines } from '../../foundation/json-lines.ts';
import { execute, takeNothing } from '../../kernel/child-calls.ts';
import { markDescriptorsCloseOnExec } from '../../kernel/libc.ts';
import { adoptOrphans, hideFromTracers } from '../../kernel/process-identity.ts';
import { collectEnded, runProgram, type ProcessStatus } from '../../kernel/run-program.ts';
import { enterLab } from './enter-lab.ts';
import { canCloneTime, LabMaking } from './make-lab.ts';
import {
  spawnerRequestSchema,
  type CopyImage,
  type SpawnerReport,
  type SpawnerRequest,
} from './messages.ts';
import { prepareSlot } from './prepare-slot.ts';

const STANDARD_OUTPUT = 1;

/** Called with the end of a child, by its PID. */
const awaited = new Map<number, (status: ProcessStatus) => void>();
/** PIDs of the first processes of labs: keeper hears of their ends. */
const inits = new Set<number>();

function report(message: SpawnerReport): void {
  writeSync(STANDARD_OUTPUT, `${JSON.stringify(message)}\n`);
}

async function handle(making: LabMaking, request: SpawnerRequest): Promise<void> {
  const { id } = request;
  try {
    await perform(making, request);
  } catch (error) {
    report({ type: 'failed', id, sentence: messageOf(error) });
  }
}

async function perform(making: LabMaking, request: SpawnerRequest): Promise<void> {
  const { id } = request;
  switch (request.type) {
    case 'prepare-slot':
      report({ type: 'prepared', id, outer: await prepareSlot(request) });
      return;
    case 'make-lab': {
      const init = await making.make(request);
      inits.add(init.pid);
      report({ type: 'started', id, process: init });
      return;
    }
    case 'enter-lab': {
      const { process: entered, isIn } = enterLab(request);
      const ended = endOf(entered.pid);
      report({ type: 'started', id, process: entered });
      // What it says on the terminal comes before its end.
      await isIn;
      report({ type: 'ended', pid: entered.pid, ...(await ended) });
      return;
    }
    case 'copy-image':
      await copyImage(request);
      report({ type: 'copied', id });
  }
}

/** fs.copyFile would write the holes out: 0.9 s for 1 GiB instead of 10 ms. */
async function copyImage({ from, to }: CopyImage): Promise<void> {
  const { pid, done } = runProgram({ descriptors: [] }, ({ main }) => {
    takeNothing(main);
    execute(main, {
      path: '/bin/cp',
      args: ['cp', '--sparse=always', '--reflink=auto', from, to],
      environment: {},
    });
  });
  const ended = endOf(pid);
  await done;
  const { code, signal } = await ended;
  if (code === 0) return;
  throw new Error(`cp ended ${signal === null ? `with ${code}` : `by signal ${signal}`}`);
}

function endOf(pid: number): Promise<ProcessStatus> {
  return new Promise((resolve) => awaited.set(pid, resolve));
}

function collect(): void {
  for (const { pid, ...status } of collectEnded()) {
    const resolve = awaited.get(pid);
    awaited.delete(pid);
    resolve?.(status);
    if (inits.delete(pid)) report({ type: 'ended', pid, ...status });
  }
}

hideFromTracers();
adoptOrphans();
markDescriptorsCloseOnExec();
process.on('SIGCHLD', collect);
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => undefined);
const making = new LabMaking({ hasCloneOfTime: await canCloneTime() });
const requests = new Socket({ fd: 0, readable: true, writable: false });
readJsonLines(requests, (value) => void handle(making, spawnerRequestSchema.parse(value)));
requests.on('close', () => process.exit(0));
report({ type: 'ready' });
