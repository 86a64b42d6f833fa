// The spawner: keeper's only child that starts processes in labs. It stays small and single-threaded, so that
// it can copy itself (fork(2)) and let the copy make namespaces and mounts by direct system calls: no program
// is started on the way but the one that shall run in the lab. Ends with keeper.
import { Socket } from 'node:net';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { messageOf } from '../../foundation/errors.ts';
import { readJsonLines } from '../../foundation/json-lines.ts';
import { collectEnded, endAfter, execute, exitNow, fork } from '../../kernel/forking.ts';
import { closeDescriptor, markDescriptorsCloseOnExec } from '../../kernel/libc.ts';
import {
  adoptOrphans,
  hideFromTracers,
  makeStandardStreams,
} from '../../kernel/process-identity.ts';
import { identify } from '../../kernel/processes.ts';
import { enterLab, forkIntoLab } from './enter-lab.ts';
import { makeLab } from './make-lab.ts';
import { spawnerRequestSchema, type SpawnerReport, type SpawnerRequest } from './messages.ts';
import { prepareSlot } from './prepare-slot.ts';

/** Seconds after which a copy that has not become a program of a lab is ended; it takes about 0.01. */
const COPY_ENDS_AFTER_S = 20;
const STANDARD_OUTPUT = 1;

/** Copies that answer, or whose end answers, by PID. */
const working = new Map<number, { id: number; answerOnSuccess?: SpawnerReport }>();

function report(message: SpawnerReport): void {
  writeSync(STANDARD_OUTPUT, `${JSON.stringify(message)}\n`);
}

function handle(request: SpawnerRequest): void {
  try {
    perform(request);
  } catch (error) {
    report({ type: 'failed', id: request.id, sentence: messageOf(error) });
  }
}

function perform(request: SpawnerRequest): void {
  const { id } = request;
  switch (request.type) {
    case 'prepare-slot':
      report({ type: 'prepared', id, outer: prepareSlot(request) });
      return;
    case 'make-lab': {
      const pid = fork();
      if (pid === 0) {
        inCopy(id, () => report({ type: 'started', id, process: makeLab(request) }));
      }
      working.set(pid, { id });
      return;
    }
    case 'enter-lab': {
      // Here, not in the copy: once keeper hears that it started it closes the slave that it has, and a
      // terminal without any is hung up.
      const slave = openSync(request.slave, constants.O_RDWR | constants.O_NOCTTY);
      try {
        const { pid, lab } = forkIntoLab(request.init);
        if (pid === 0) inCopy(id, () => enterLab({ lab, slave }, request));
        closeDescriptor(lab);
        report({ type: 'started', id, process: identify(pid) });
      } finally {
        closeSync(slave);
      }
      return;
    }
    case 'copy-image': {
      // fs.copyFile would write the holes out: 0.9 s for 1 GiB instead of 10 ms.
      const args = ['cp', '--sparse=always', '--reflink=auto', request.from, request.to];
      const pid = fork();
      if (pid === 0) {
        inCopy(id, () => {
          // Node's own three are closed by execve(2).
          makeStandardStreams(openSync('/dev/null', 'r+'));
          execute('/bin/cp', args, {});
        });
      }
      working.set(pid, { id, answerOnSuccess: { type: 'copied', id } });
    }
  }
}

/** What a copy of this process does, and its end: nothing of the caller's stack may go on in it. */
function inCopy(id: number, work: () => void): never {
  try {
    endAfter(COPY_ENDS_AFTER_S);
    work();
    exitNow(0);
  } catch (error) {
    report({ type: 'failed', id, sentence: messageOf(error) });
  }
  exitNow(1);
}

function collect(): void {
  for (const { pid, code, signal } of collectEnded()) {
    const work = working.get(pid);
    working.delete(pid);
    if (work === undefined) report({ type: 'ended', pid, code, signal });
    else if (code !== 0) {
      const how = signal === null ? `with ${code}` : `by signal ${signal}`;
      report({ type: 'failed', id: work.id, sentence: `it ended ${how} before it was done` });
    } else if (work.answerOnSuccess !== undefined) report(work.answerOnSuccess);
  }
}

hideFromTracers();
adoptOrphans();
markDescriptorsCloseOnExec();
process.on('SIGCHLD', collect);
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => undefined);
const requests = new Socket({ fd: 0, readable: true, writable: false });
readJsonLines(requests, (value) => handle(spawnerRequestSchema.parse(value)));
requests.on('close', () => process.exit(0));
report({ type: 'ready' });
