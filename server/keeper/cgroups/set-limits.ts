// Writes the limits of one lab into a group that root owns, in the words of either cgroup version. Knows no
// lab and makes no group. [L4]
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabLimits } from '../../foundation/config.ts';
import { messageOf } from '../../foundation/errors.ts';
import type { Hierarchy } from './hierarchies.ts';

const CPU_PERIOD_US = 100_000;
/** On v1 buffers of TCP and UDP are counted by themselves; they get this part of the memory on top. */
const SOCKET_PART = 1 / 4;

/** Limits of `group`; a controller that the hierarchy does not have is none of its business. */
export function setLimits(group: string, hierarchy: Hierarchy, limits: LabLimits): void {
  const { version, controllers } = hierarchy;
  if (controllers.includes('memory')) {
    if (version === 1) limitMemoryOld(group, limits);
    else limitMemory(group, limits);
  }
  if (controllers.includes('pids')) set(group, 'pids.max', limits.pids);
  if (!controllers.includes('cpu')) return;
  const quota = Math.round((CPU_PERIOD_US * limits.cpuPercent) / 100);
  if (version === 1) {
    set(group, 'cpu.cfs_period_us', CPU_PERIOD_US);
    set(group, 'cpu.cfs_quota_us', quota);
  } else set(group, 'cpu.max', `${quota} ${CPU_PERIOD_US}`);
}

/**
 * Makes a group of v1 count the buffers of TCP and UDP sockets. The kernel counts them only where a limit has
 * been set, not below it (memcg_update_tcp_max, mm/memcontrol-v1.c): without one a lab of 64 MiB was seen to
 * hold 527 MB of unread datagrams. Groups that the lab's root makes below are not counted.
 */
export function countSockets(group: string, hierarchy: Hierarchy, limits: LabLimits): void {
  if (hierarchy.version !== 1 || !hierarchy.controllers.includes('memory')) return;
  const bytes = Math.floor(limits.memoryBytes * SOCKET_PART);
  setIfThere(group, 'memory.kmem.tcp.limit_in_bytes', bytes);
}

function limitMemory(group: string, limits: LabLimits): void {
  set(group, 'memory.max', limits.memoryBytes);
  // Swap is no part of memory.max: a lab at its limit would go on, and wear the disk of all.
  setIfThere(group, 'memory.swap.max', 0);
}

function limitMemoryOld(group: string, limits: LabLimits): void {
  set(group, 'memory.limit_in_bytes', limits.memoryBytes);
  // Memory and swap together; the kernel refuses one that is below the limit of memory.
  setIfThere(group, 'memory.memsw.limit_in_bytes', limits.memoryBytes);
}

function set(group: string, file: string, value: string | number): void {
  try {
    writeFileSync(join(group, file), String(value));
  } catch (cause) {
    throw new Error(`setting ${file}=${value} failed: ${messageOf(cause)}`, { cause });
  }
}

/** For what a kernel may have been built or started without. */
function setIfThere(group: string, file: string, value: string | number): void {
  if (existsSync(join(group, file))) set(group, file, value);
}
