// What the kernel says of a lab from outside it, read from the lab host's /proc and /sys by ways that keeper
// does not use itself. Knows no house.
import { existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { patient } from '../support/patience.ts';
import { findHierarchies, type Hierarchy } from '../../server/keeper/cgroups/hierarchies.ts';

export const kinds = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'time', 'user', 'uts'] as const;

/** `kind:[inode]` of each of the eight namespaces, by kind. */
export function namespacesOf(pid: number): Record<string, string> {
  return Object.fromEntries(kinds.map((kind) => [kind, readlinkSync(`/proc/${pid}/ns/${kind}`)]));
}

/** A field of /proc/PID/status, its blanks made single spaces. */
export function statusOf(pid: number, field: string): string {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  const line = text.split('\n').find((one) => one.startsWith(`${field}:`)) ?? '';
  return line
    .slice(field.length + 1)
    .trim()
    .replaceAll(/\s+/g, ' ');
}

/** A file of /proc/PID, undefined when it cannot be read or the process is gone. */
export function readOf(pid: number, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return undefined;
  }
}

/** NUL-separated words of /proc/PID/cmdline or environ. */
export function wordsOf(pid: number, name: 'cmdline' | 'environ'): string[] {
  return (readOf(pid, name) ?? '').split('\0').filter((word) => word !== '');
}

export type MountLine = {
  root: string;
  target: string;
  options: string;
  type: string;
  source: string;
  /** Of the file system, not of this mount of it. */
  superOptions: string;
};

export function mountsOf(pid: number | 'self'): MountLine[] {
  const text = readFileSync(`/proc/${pid}/mountinfo`, 'utf8').trim();
  return text.split('\n').map((line) => {
    const [left = '', right = ''] = line.split(' - ');
    const [, , , root = '', target = '', options = ''] = left.split(' ');
    const [type = '', source = '', superOptions = ''] = right.split(' ');
    return { root, target, options, type, source, superOptions };
  });
}

/** PIDs of all processes of this machine. */
export function allProcesses(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** All hierarchies that labs join on this machine. */
export const hierarchies: readonly Hierarchy[] = findHierarchies();

/** The group with the limits of the lab that `pid` is in, in the hierarchy of this controller. */
export function limitedGroup(pid: number, controller: string): { path: string; version: 1 | 2 } {
  const hierarchy = hierarchies.find((one) => one.controllers.includes(controller));
  if (hierarchy === undefined) throw new Error(`no controller ${controller} here`);
  const name = hierarchy.version === 2 ? '' : controller;
  const line = cgroupLines(pid).find(({ controllers }) => controllers.split(',').includes(name));
  const group = /^\/coulisse\/[^/]+/.exec(line?.path ?? '')?.[0];
  if (group === undefined) throw new Error(`process ${pid} is in no group of ours: ${line?.path}`);
  return { path: join(hierarchy.mountPoint, group), version: hierarchy.version };
}

/** The same in every hierarchy. */
export function groupsOf(pid: number): string[] {
  return hierarchies.map(({ mountPoint, version, controllers }) => {
    const lines = cgroupLines(pid);
    const line = lines.find((one) => one.controllers === (version === 2 ? '' : controllers.join()));
    return join(mountPoint, /^\/coulisse\/[^/]+/.exec(line?.path ?? '')?.[0] ?? 'none');
  });
}

/** Lines `id:controllers:path` of /proc/PID/cgroup (cgroups(7)). */
function cgroupLines(pid: number): { controllers: string; path: string }[] {
  const text = (readOf(pid, 'cgroup') ?? '').trim();
  return text.split('\n').map((line) => {
    const [, controllers = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    return { controllers, path };
  });
}

/** Whether keeper has frozen the lab of this process (freezer, kernel docs). */
export function isFrozen(init: number): boolean {
  const version = hierarchies.find(({ controllers }) => controllers.includes('freezer'))?.version;
  const { path } = limitedGroup(init, version === 1 ? 'freezer' : 'pids');
  const file = join(path, version === 1 ? 'freezer.state' : 'cgroup.freeze');
  return /^(FROZEN|1)/.test(readFileSync(file, 'utf8'));
}

function directoriesOf(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(directory, entry.name));
  } catch {
    // Removed meanwhile.
    return [];
  }
}

/** Host PIDs of every process below a cgroup. */
export function processesBelow(group: string): number[] {
  const text = existsSync(group) ? readFileSync(join(group, 'cgroup.procs'), 'utf8').trim() : '';
  const here = text === '' ? [] : text.split('\n').map(Number);
  return [...here, ...directoriesOf(group).flatMap(processesBelow)];
}

/** Waits until `find` gives something other than undefined, null or false. No blind sleeping. */
export async function until<T>(
  what: string,
  find: () => T | undefined | false | null | Promise<T | undefined | false | null>,
  within = 20_000,
): Promise<T> {
  const deadline = Date.now() + patient(within);
  for (;;) {
    const found = await find();
    if (found !== undefined && found !== false && found !== null) return found;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${within} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
