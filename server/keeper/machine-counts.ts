// What the kernel counts for the whole machine though labs use it: raised, never lowered, so that all labs have
// at once what each may have, and the machine keeps what it had. Knows no lab. [L16]
import {
  accessSync,
  constants,
  existsSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../foundation/config.ts';
import { messageOf } from '../foundation/errors.ts';
import type { Log } from '../foundation/log.ts';

const PROC_SYS = '/proc/sys';
/** Above these the kernel refuses the number (proc_sys_kernel(5)); an int for all others. */
const PID_MAX_LIMIT = 4_194_304;
const PTYS_LIMIT = 1_048_576;
const INT_MAX = 2_147_483_647;

export type MachineCount = { name: string; atLeast: number };

/** The least that each must be. The first summand is what the machine itself keeps: the kernel's defaults. */
export function machineCounts({ labs, limits }: Pick<Config, 'labs' | 'limits'>): MachineCount[] {
  // Of the instances in a namespace of labs only so many are given out (devpts, kernel docs).
  const reserved = Number(readFileSync(join(PROC_SYS, 'kernel/pty/reserve'), 'utf8'));
  const processes = Math.min(32_768 + labs * limits.pids, PID_MAX_LIMIT);
  const counts = [
    { name: 'kernel/pty/max', atLeast: Math.min(2 * reserved + labs * limits.ptys, PTYS_LIMIT) },
    { name: 'kernel/pid_max', atLeast: processes },
    { name: 'kernel/threads-max', atLeast: processes },
    // Memory bounds the open files of a lab: one is 256 bytes and charged to it.
    { name: 'fs/file-max', atLeast: 1_048_576 + labs * Math.ceil(limits.memoryBytes / 256) },
    // Counted for the owner of a user namespace up to the machine's own: for root, whose all labs are.
    { name: 'fs/inotify/max_user_instances', atLeast: 128 + labs * limits.inotifyInstances },
    { name: 'fs/inotify/max_user_watches', atLeast: 65_536 + labs * limits.inotifyWatches },
    ...namespaceFiles().map((name) => ({ name, atLeast: 1024 + labs * limits.namespaces })),
  ];
  return counts
    .filter(({ name }) => existsSync(join(PROC_SYS, name)))
    .map(({ name, atLeast }) => ({
      name,
      atLeast: name === 'fs/file-max' ? atLeast : Math.min(atLeast, INT_MAX),
    }));
}

/** Those that are below. */
export function tooLow(counts: readonly MachineCount[]): MachineCount[] {
  return counts.filter(
    ({ name, atLeast }) =>
      BigInt(readFileSync(join(PROC_SYS, name), 'utf8').trim()) < BigInt(atLeast),
  );
}

/** Raises what is too low. What cannot be raised keeps no lab from being made: the last ones may want for it. */
export function raiseMachineCounts(counts: readonly MachineCount[], log: Log): void {
  for (const { name, atLeast } of tooLow(counts)) {
    try {
      writeFileSync(join(PROC_SYS, name), String(atLeast));
      log.info({ name, atLeast }, 'raised what the kernel counts for the whole machine');
    } catch (error) {
      log.warn(
        { name, atLeast, error: messageOf(error) },
        'too low for all labs at once and cannot be raised',
      );
    }
  }
}

/** Whether keeper could raise it. */
export function canRaise({ name }: MachineCount): boolean {
  try {
    accessSync(join(PROC_SYS, name), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** As sysctl(8) has it, for people. */
export function sysctlOf({ name, atLeast }: MachineCount): string {
  return `${name.replaceAll('/', '.')}=${atLeast}`;
}

function namespaceFiles(): string[] {
  return readdirSync(join(PROC_SYS, 'user'))
    .filter((name) => name.endsWith('_namespaces'))
    .map((name) => join('user', name));
}
