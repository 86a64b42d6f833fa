// Which cgroup hierarchies this lab host offers (cgroups(7)): v1, v2 or both at once. Knows no lab.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Hierarchy = {
  version: 1 | 2;
  mountPoint: string;
  /** Controllers that labs can be limited by here; on v1 also the mount option that names it. */
  controllers: readonly string[];
};

/** Limits rest on these; freezer (v1) stops a lab, and v2 brings freeze and kill without a controller. */
const wanted = new Set(['memory', 'pids', 'cpu', 'cpuacct', 'freezer', 'io']);
const needed = ['memory', 'pids', 'cpu'] as const;

/** Hierarchies of `mountinfo` that labs join, v1 first. */
export function findHierarchies(
  mountinfo = readFileSync('/proc/self/mountinfo', 'utf8'),
): Hierarchy[] {
  const found = new Map<string, Hierarchy>();
  for (const { version, mountPoint, options } of cgroupMounts(mountinfo)) {
    const offered = version === 1 ? options : controllersOf(mountPoint);
    const controllers = offered?.filter((name) => wanted.has(name));
    if (controllers === undefined || (version === 1 && controllers.length === 0)) continue;
    found.set(version === 1 ? controllers.join() : 'v2', { version, mountPoint, controllers });
  }
  return [...found.values()].toSorted((a, b) => a.version - b.version);
}

/** A mount of the v2 hierarchy, and the options of its root that hold for the whole machine. */
export type Unified = { mountPoint: string; options: readonly string[] };

/** Undefined when v2 is mounted nowhere that this process sees. */
export function findUnified(): Unified | undefined {
  const found = cgroupMounts(readFileSync('/proc/self/mountinfo', 'utf8')).find(
    ({ version }) => version === 2,
  );
  if (found === undefined) return undefined;
  const { mountPoint, options } = found;
  return { mountPoint, options: options.filter((option) => option !== 'rw' && option !== 'ro') };
}

/** Where the v1 hierarchy of a controller is mounted, whether labs join it or not. */
export function findMount(controller: string): string | undefined {
  const mounts = cgroupMounts(readFileSync('/proc/self/mountinfo', 'utf8'));
  return mounts.find(({ version, options }) => version === 1 && options.includes(controller))
    ?.mountPoint;
}

/** The group of this process in the v1 hierarchy of a controller (cgroups(7)). */
export function ownGroup(controller: string): string {
  for (const line of readFileSync('/proc/self/cgroup', 'utf8').split('\n')) {
    const [, controllers = '', path = '/'] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers.split(',').includes(controller)) return path;
  }
  return '/';
}

type CgroupMount = { version: 1 | 2; mountPoint: string; options: string[] };

/** Mounts of whole hierarchies. */
function cgroupMounts(mountinfo: string): CgroupMount[] {
  return mountinfo.split('\n').flatMap((line): CgroupMount[] => {
    const [mountPart, superPart] = line.split(' - ');
    const [, , , root, mountPoint] = mountPart?.split(' ') ?? [];
    const [type, , options = ''] = superPart?.split(' ') ?? [];
    if (mountPoint === undefined || root !== '/') return [];
    if (type !== 'cgroup' && type !== 'cgroup2') return [];
    return [{ version: type === 'cgroup' ? 1 : 2, mountPoint, options: options.split(',') }];
  });
}

function controllersOf(mountPoint: string): string[] | undefined {
  const file = join(mountPoint, 'cgroup.controllers');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split(' ') : undefined;
}

/** Controllers without which a lab would have no limit; empty when all are there. */
export function missingControllers(hierarchies: readonly Hierarchy[]): string[] {
  const offered = new Set(hierarchies.flatMap((hierarchy) => hierarchy.controllers));
  return needed.filter((name) => !offered.has(name));
}

/** "v1", "v2" or "v1 with v2 beside it", for people. */
export function describeHierarchies(hierarchies: readonly Hierarchy[]): string {
  const v1 = hierarchies.some((hierarchy) => hierarchy.version === 1);
  const v2 = hierarchies.find((hierarchy) => hierarchy.version === 2);
  if (!v1) return 'v2';
  return v2 === undefined ? 'v1' : 'v1 with v2 beside it';
}
