// What processes cost in memory, as the kernel counts it. Knows no lab.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findHierarchies } from '../../server/keeper/cgroups/hierarchies.ts';

const KIB_PER_MIB = 1024;

/** Proportional set size in MiB (proc_pid_smaps(5)): shared pages count by their share. */
export function pssMiB(pid: number): number {
  return fieldKiB(`/proc/${pid}/smaps_rollup`, /^Pss:\s+(\d+) kB/m) / KIB_PER_MIB;
}

/** Resident set size in MiB (proc_pid_status(5)). */
export function rssMiB(pid: number): number {
  return fieldKiB(`/proc/${pid}/status`, /^VmRSS:\s+(\d+) kB/m) / KIB_PER_MIB;
}

export function nameOf(pid: number): string {
  return readIfThere(`/proc/${pid}/comm`).trim();
}

/**
 * MiB of kernel memory charged to the group that limits the lab of `pid` (cgroup-v1/memory.rst,
 * cgroup-v2.rst); undefined when this kernel does not tell. `depth` groups lie between it and the process.
 */
export function kernelMiB(pid: number): number | undefined {
  for (const hierarchy of findHierarchies()) {
    if (!hierarchy.controllers.includes('memory')) continue;
    const line = readIfThere(`/proc/${pid}/cgroup`)
      .split('\n')
      .find((one) =>
        hierarchy.version === 2 ? one.startsWith('0::') : /^\d+:[^:]*\bmemory\b/.test(one),
      );
    const path = line?.split(':')[2]?.split('/').slice(0, 3).join('/');
    if (path === undefined) continue;
    const group = join(hierarchy.mountPoint, path);
    const bytes =
      hierarchy.version === 2
        ? /^kernel (\d+)/m.exec(readIfThere(join(group, 'memory.stat')))?.[1]
        : readIfThere(join(group, 'memory.kmem.usage_in_bytes')).trim();
    if (bytes !== undefined && bytes !== '') return Number(bytes) / KIB_PER_MIB ** 2;
  }
  return undefined;
}

/** MiB that this machine's kernel takes for itself (proc_meminfo(5)): whoever it is charged to. */
export function machineKernelMiB(): number {
  return meminfoMiB('Slab', 'KernelStack', 'PageTables', 'SecPageTables', 'Percpu');
}

/** The part of that which it gives back when memory is short: inodes and directory entries, mostly. */
export function machineReclaimableMiB(): number {
  return meminfoMiB('SReclaimable');
}

/** MiB that nobody else can have: all but what is available (proc_meminfo(5)). */
export function machineUsedMiB(): number {
  return meminfoMiB('MemTotal') - meminfoMiB('MemAvailable');
}

function meminfoMiB(...fields: string[]): number {
  const text = readIfThere('/proc/meminfo');
  const kib = fields.map(
    (field) => new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0,
  );
  return kib.reduce((sum: number, value) => sum + Number(value), 0) / KIB_PER_MIB;
}

function fieldKiB(path: string, field: RegExp): number {
  return Number(field.exec(readIfThere(path))?.[1] ?? 0);
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
