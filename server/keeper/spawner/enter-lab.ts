// A process for a terminal: born in the lab's PID namespace, it joins the lab's cgroups and other namespaces and
// becomes the learner's shell. What it does, nsenter(1) and setpriv(1) would do with a program more for each.
// [L7] [L13]
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { messageOf } from '../../foundation/errors.ts';
import type { CallList } from '../../kernel/call-program.ts';
import {
  becomeUser,
  changeDirectory,
  endAfter,
  execute,
  hideFromTracers,
  joinNamespaces,
  limitFiles,
  takeTerminal,
  writeText,
} from '../../kernel/child-calls.ts';
import { closeDescriptor } from '../../kernel/libc.ts';
import { joinNamespaces as join, namespaceFlags, openProcess } from '../../kernel/namespaces.ts';
import { identify, isAlive, type ProcessIdentity } from '../../kernel/processes.ts';
import { runProgram, type Running } from '../../kernel/run-program.ts';
import { ENDS_AFTER_S } from './limits.ts';
import type { EnterLab } from './messages.ts';

/** env(1) and sh(1) end with it when a program cannot be started. */
const CANNOT_ENTER = 126;
/** More likely than the server to be killed when memory is short on the lab host (proc_pid_oom_score_adj(5)). */
export const OOM_SCORE = '500';

const { pid: pidNamespace, ...others } = namespaceFlags;
const allOthers = Object.values(others).reduce((sum, flag) => sum | flag, 0);

/** What entered the lab. `isIn` resolves when it is the program, or has said on the terminal why it is not. */
export type Entered = { process: ProcessIdentity; isIn: Promise<void> };

export function enterLab(request: EnterLab): Entered {
  // Here too, not in the new process alone: keeper closes the slave that it has once it hears of the process, and
  // a terminal without any is hung up.
  const slave = openSync(request.slave, constants.O_RDWR | constants.O_NOCTTY);
  try {
    const { pid, done } = bornInLab(request.init, (lab) =>
      runProgram({ descriptors: [lab, slave], status: CANNOT_ENTER }, ({ main }) =>
        write(main, request, { lab, slave }),
      ),
    );
    return { process: identify(pid), isIn: sayFailure(done, slave) };
  } catch (error) {
    closeSync(slave);
    throw error;
  }
}

function write(
  list: CallList,
  request: EnterLab,
  { lab, slave }: { lab: number; slave: number },
): void {
  hideFromTracers(list);
  endAfter(list, ENDS_AFTER_S);
  for (const file of request.joinFiles) writeText(list, file, '0');
  writeText(list, '/proc/self/oom_score_adj', OOM_SCORE);
  takeTerminal(list, slave);
  limitFiles(list, request.openFiles);
  joinNamespaces(list, lab, allOthers);
  becomeUser(list, request.user);
  changeDirectory(list, '/');
  list.attempt('chdir', [request.directory]);
  const { program: path, args, environment } = request;
  execute(list, { path, args, environment });
}

/** Runs `start`, whose child is in the lab's PID namespace, with a descriptor of the lab's PID 1. */
function bornInLab(init: ProcessIdentity, start: (lab: number) => Running): Running {
  const own = openSync('/proc/self/ns/pid', 'r');
  const lab = openProcess(init.pid);
  try {
    // The descriptor stands for whatever had the PID when it was opened.
    if (!isAlive(init)) throw new Error('the lab has ended');
    join(lab, pidNamespace);
    try {
      return start(lab);
    } finally {
      join(own, pidNamespace);
    }
  } finally {
    closeSync(own);
    closeDescriptor(lab);
  }
}

/** What goes wrong is said on the terminal, to whom it concerns. */
async function sayFailure(done: Promise<number[]>, slave: number): Promise<void> {
  try {
    await done;
  } catch (error) {
    writeSync(slave, `\r\nThis terminal could not enter the lab: ${messageOf(error)}\r\n`);
  } finally {
    closeSync(slave);
  }
}
