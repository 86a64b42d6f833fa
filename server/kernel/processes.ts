// Processes as the lab host's /proc shows them: identity against reuse of PIDs, and their end. Knows no lab.
import { readFileSync } from 'node:fs';

/** A process told apart from a later one with the same PID (proc_pid_stat(5), field 22). */
export type ProcessIdentity = { pid: number; startTime: number };

/** Index of field 22 among those after the name. */
const START_TIME = 19;

/** Clock ticks after boot at which `pid` started, or undefined when there is no such process. */
export function startTimeOf(pid: number): number | undefined {
  const fields = fieldsOf(pid);
  return fields === undefined ? undefined : Number(fields[START_TIME]);
}

/** The fields of proc_pid_stat(5) from the third on, which is the state. */
function fieldsOf(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name may hold spaces and brackets: fields are counted after the last bracket.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/** The identity of a process that must be alive. */
export function identify(pid: number): ProcessIdentity {
  const startTime = startTimeOf(pid);
  if (startTime === undefined) throw new Error(`process ${pid} has ended`);
  return { pid, startTime };
}

/** False for a zombie too: it has ended, whoever may still take its status. */
export function isAlive({ pid, startTime }: ProcessIdentity): boolean {
  const fields = fieldsOf(pid);
  return fields !== undefined && Number(fields[START_TIME]) === startTime && fields[0] !== 'Z';
}

/** Does nothing when the process is gone. */
export function signalProcess(identity: ProcessIdentity, name: NodeJS.Signals): void {
  if (isAlive(identity)) process.kill(identity.pid, name);
}

/** SIGKILL; false when the process is gone already. */
export function killProcess(pid: number): boolean {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}
