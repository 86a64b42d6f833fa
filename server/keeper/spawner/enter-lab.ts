// A process for a terminal: a copy of the spawner, born in the lab's PID namespace, that joins the lab's
// cgroups and other namespaces and becomes the learner's shell. What it does, nsenter(1) and setpriv(1)
// would do with a program more for each. [L7] [L13]
import { openSync, writeFileSync, writeSync } from 'node:fs';
import { messageOf } from '../../foundation/errors.ts';
import { execute, endAfter, exitNow, fork } from '../../kernel/forking.ts';
import { closeDescriptor, markDescriptorsCloseOnExec } from '../../kernel/libc.ts';
import { joinNamespaces, namespaceFlags, openProcess } from '../../kernel/namespaces.ts';
import { becomeUser, limitFiles, takeTerminal } from '../../kernel/process-identity.ts';
import { isAlive, type ProcessIdentity } from '../../kernel/processes.ts';
import type { EnterLab } from './messages.ts';

/** env(1) and sh(1) end with it when a program cannot be started. */
const CANNOT_ENTER = 126;
/** More likely than the server to be killed when memory is short on the lab host (proc_pid_oom_score_adj(5)). */
export const OOM_SCORE = '500';

const { pid: pidNamespace, ...others } = namespaceFlags;
const allOthers = Object.values(others).reduce((sum, flag) => sum | flag, 0);

/**
 * fork(2) whose copy is in the lab's PID namespace; gives the copy, as 0, and this process a descriptor of
 * the lab's PID 1, which the caller closes.
 */
export function forkIntoLab(init: ProcessIdentity): { pid: number; lab: number } {
  const own = openSync('/proc/self/ns/pid', 'r');
  const lab = openProcess(init.pid);
  let pid = -1;
  try {
    // The descriptor stands for whatever had the PID when it was opened.
    if (!isAlive(init)) throw new Error('the lab has ended');
    joinNamespaces(lab, pidNamespace);
    pid = fork();
  } finally {
    // What is born in the lab cannot go back, and need not.
    if (pid !== 0) {
      joinNamespaces(own, pidNamespace);
      closeDescriptor(own);
      if (pid < 0) closeDescriptor(lab);
    }
  }
  return { pid, lab };
}

/** Becomes the program. What goes wrong is said on the terminal, to whom it concerns. */
export function enterLab({ lab, slave }: { lab: number; slave: number }, request: EnterLab): never {
  try {
    takeTerminal(slave);
    for (const file of request.joinFiles) writeFileSync(file, '0');
    writeFileSync('/proc/self/oom_score_adj', OOM_SCORE);
    limitFiles(request.openFiles);
    joinNamespaces(lab, allOthers);
    becomeUser(request.user);
    changeDirectory(request.directory);
    markDescriptorsCloseOnExec();
    endAfter(0);
    execute(request.program, request.args, request.environment);
  } catch (error) {
    writeSync(slave, `\r\nThis terminal could not enter the lab: ${messageOf(error)}\r\n`);
  }
  exitNow(CANNOT_ENTER);
}

function changeDirectory(directory: string): void {
  try {
    process.chdir(directory);
  } catch {
    process.chdir('/');
  }
}
