// Finds who has ended and was not waited for: the kernel leaves them out of cgroup.procs, and so out of the list that
// a lab's processes come from. Knows no lab.
import { readdirSync } from 'node:fs';
import { readRecord } from '../../kernel/kernel-files.ts';
import type { Remembered } from './read-process.ts';

type Known = ReadonlyMap<number, Remembered>;

/**
 * Host PIDs of whoever may be one: seen alive at the look before and listed no more, or a child of somebody who has
 * run since. One that was adopted, and lived between two looks alone, is seen where its new parent is a PID 1.
 * `living`: those that are listed, by host PID, and `before` those of the look before.
 */
export function findEnded(living: Known, before: Known | undefined): Set<number> {
  const ended = new Set([...(before?.keys() ?? [])].filter((hostPid) => !living.has(hostPid)));
  for (const [hostPid, { ran, stat, process }] of living) {
    const isAsBefore = ran !== undefined && ran === before?.get(hostPid)?.ran;
    // The lab's own has the kernel reap at once.
    const adopts = process.pids.length > 1 && process.pids.at(-1) === 1;
    if (isAsBefore && !adopts) continue;
    const tasks = stat.threads === 1 ? [String(hostPid)] : threadsOf(hostPid);
    for (const child of tasks.flatMap((task) => childrenOf(hostPid, task)))
      if (!living.has(child)) ended.add(child);
  }
  return ended;
}

/** Whether it is one, of the same lab: nobody else's child is a child of these. */
export function isZombie({ process }: Remembered, living: Known): boolean {
  return process.state === 'Z' && living.has(process.hostParent);
}

/** Its limit of processes bounds how many a lab has. */
function threadsOf(hostPid: number): string[] {
  try {
    return readdirSync(`/proc/${hostPid}/task`);
  } catch {
    return [];
  }
}

/** Whom one thread began, zombies among them (proc_pid_task(5)); none without CONFIG_PROC_CHILDREN. */
function childrenOf(hostPid: number, task: string): number[] {
  const text = readRecord(`/proc/${hostPid}/task/${task}/children`) ?? '';
  return text.split(' ').filter(Boolean).map(Number);
}
