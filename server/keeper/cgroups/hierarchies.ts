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
const wanted = new Set(['memory', 'pids', 'cpu', 'cpuacct', 'freezer']);
const needed = ['memory', 'pids', 'cpu'] as const;

/** Hierarchies of `mountinfo` that labs join, v1 first. */
export function findHierarchies(
  mountinfo = readFileSync('/proc/self/mountinfo', 'utf8'),
): Hierarchy[] {
  const found = new Map<string, Hierarchy>();
  for (const line of mountinfo.split('\n')) {
    const [mountPart, superPart] = line.split(' - ');
    const mountPoint = mountPart?.split(' ')[4];
    const [type, , options] = superPart?.split(' ') ?? [];
    if (mountPoint === undefined || mountPart?.split(' ')[3] !== '/') continue;
    if (type === 'cgroup2') {
      const file = join(mountPoint, 'cgroup.controllers');
      if (!existsSync(file)) continue;
      const controllers = readFileSync(file, 'utf8').trim().split(' ');
      found.set('v2', {
        version: 2,
        mountPoint,
        controllers: controllers.filter((name) => wanted.has(name)),
      });
    }
    if (type === 'cgroup') {
      const controllers = (options ?? '').split(',').filter((name) => wanted.has(name));
      if (controllers.length === 0) continue;
      found.set(controllers.join(), { version: 1, mountPoint, controllers });
    }
  }
  return [...found.values()].toSorted((a, b) => a.version - b.version);
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
