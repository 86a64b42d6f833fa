// Reads the cgroups of a lab with their limits and use, v1 and v2 under one shape (cgroups(7); kernel docs,
// cgroup-v1 and cgroup-v2). The learner names the groups below; no more is read than one look may cost.
import { readRecord } from '../../kernel/kernel-files.ts';
import type { ObservedGroup } from '../../protocol/snapshot.ts';
import type { GroupNames } from './groups-below.ts';
import type { Hierarchy } from './hierarchies.ts';

/** Groups read in one look. */
const GROUPS = 64;
/** Others that are counted. */
const COUNTED = 4096;
/** v1 says "no limit" by the largest multiple of a page that fits; whatever is above is none. */
const NO_LIMIT = 2 ** 60;
const NANOSECONDS = 1000;

/** A hierarchy with the group in it that carries the lab's limits, and the lab's own group below. */
export type GroupPlace = {
  hierarchy: Hierarchy;
  limited: string;
  owned: string;
  /** Name of the group below `owned` that processes start in, instead of in `owned` itself. */
  leaf: string | undefined;
};

/** `more`: how many there are beside them. */
export type ReadGroups = { groups: ObservedGroup[]; more: number };

type Paths = {
  told: Map<string, [Hierarchy, string][]>;
  others: Set<string>;
  /** Directories of leaves that nobody has limited. */
  bareLeaves: Set<string>;
};

/**
 * The lab as a whole first, as `/`, then the groups that its root has made. The leaf, which it has not made, is told
 * once it has a limit of its own: then somebody has set it.
 */
export function readGroups(places: readonly GroupPlace[], names: GroupNames): ReadGroups {
  const paths: Paths = { told: new Map(), others: new Set(), bareLeaves: bareLeavesOf(places) };
  for (const { hierarchy, owned } of places) {
    addBelow({ hierarchy, group: owned, path: '' }, paths, names);
  }
  const whole = readGroup(
    '/',
    places.map(({ hierarchy, limited }) => [hierarchy, limited]),
  );
  const below = [...paths.told]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([path, groups]) => readGroup(path, groups));
  return { groups: [whole, ...below], more: paths.others.size };
}

/** Notes for each path in which hierarchies there is such a group: in the others nothing is looked for. */
function addBelow(
  { hierarchy, group, path }: { hierarchy: Hierarchy; group: string; path: string },
  paths: Paths,
  names: GroupNames,
): void {
  for (const name of names.below(group)) {
    const [below, directory] = [`${path}/${name}`, `${group}/${name}`];
    // What is made below a bare leaf is told all the same.
    if (!paths.bareLeaves.has(directory) && !note(below, [hierarchy, directory], paths)) continue;
    addBelow({ hierarchy, group: directory, path: below }, paths, names);
  }
}

/** False when there is no room for it, and so none for what is below it. */
function note(path: string, group: [Hierarchy, string], { told, others }: Paths): boolean {
  const known = told.get(path);
  if (known !== undefined) known.push(group);
  else if (told.size < GROUPS - 1) told.set(path, [group]);
  else {
    if (others.size < COUNTED) others.add(path);
    return false;
  }
  return true;
}

function readGroup(path: string, groups: readonly [Hierarchy, string][]): ObservedGroup {
  const find = (controller: string): [1 | 2, string] | undefined => {
    const found = groups.find(([hierarchy]) => hierarchy.controllers.includes(controller));
    return found && [found[0].version, found[1]];
  };
  return {
    path: path.slice(0, 1024),
    memory: readMemory(find('memory')),
    processes: readProcesses(find('pids')),
    processor: readProcessor(find('cpu'), find('cpuacct')),
  };
}

function bareLeavesOf(places: readonly GroupPlace[]): Set<string> {
  const leaves = places.flatMap(({ hierarchy, owned, leaf }): [Hierarchy, string][] =>
    leaf === undefined ? [] : [[hierarchy, `${owned}/${leaf}`]],
  );
  const bare = leaves.filter((leaf) => !isLimited(readGroup('', [leaf])));
  return new Set(bare.map(([, directory]) => directory));
}

function isLimited({ memory, processes, processor }: ObservedGroup): boolean {
  return [memory?.limit, processes?.limit, processor?.cores].some(
    (limit) => limit !== null && limit !== undefined,
  );
}

type Place = [version: 1 | 2, group: string] | undefined;

function readMemory(place: Place): ObservedGroup['memory'] {
  if (place === undefined) return null;
  const [version, group] = place;
  const names =
    version === 1
      ? {
          used: 'memory.usage_in_bytes',
          limit: 'memory.limit_in_bytes',
          events: 'memory.oom_control',
        }
      : { used: 'memory.current', limit: 'memory.max', events: 'memory.events' };
  const used = readNumber(group, names.used);
  if (used === null) return null;
  const kills = readKeyed(group, names.events).get('oom_kill') ?? 0;
  return { used, limit: readNumber(group, names.limit), kills };
}

function readProcesses(place: Place): ObservedGroup['processes'] {
  if (place === undefined) return null;
  const [, group] = place;
  const used = readNumber(group, 'pids.current');
  if (used === null) return null;
  const refused = readKeyed(group, 'pids.events').get('max') ?? 0;
  return { used, limit: readNumber(group, 'pids.max'), refused };
}

function readProcessor(cpu: Place, account: Place): ObservedGroup['processor'] {
  if (cpu === undefined) return null;
  const [version, group] = cpu;
  const stat = readKeyed(group, 'cpu.stat');
  const throttled = stat.get('nr_throttled') ?? 0;
  if (version === 2) {
    const used = stat.get('usage_usec');
    if (used === undefined) return null;
    const [quota, period] = readText(group, 'cpu.max').split(' ').map(Number);
    return { usedMicroseconds: used, cores: coresOf(quota, period), throttled };
  }
  const used = account && readNumber(account[1], 'cpuacct.usage');
  if (used === undefined || used === null) return null;
  const quota = readNumber(group, 'cpu.cfs_quota_us') ?? -1;
  const period = readNumber(group, 'cpu.cfs_period_us') ?? 0;
  const cores = coresOf(quota, period);
  return { usedMicroseconds: Math.round(used / NANOSECONDS), cores, throttled };
}

/** The line that says how long the processes of these groups and those below have run. */
export function readTimeUsed(places: readonly GroupPlace[]): string | undefined {
  for (const { hierarchy, limited } of places) {
    const { version, controllers } = hierarchy;
    const isCounted = version === 2 || controllers.includes('cpuacct');
    const text = isCounted ? readText(limited, version === 2 ? 'cpu.stat' : 'cpuacct.usage') : '';
    const [line = ''] = text.split('\n');
    if (line !== '') return line;
  }
  return undefined;
}

/** Null for no limit: `max` on v2, -1 on v1. */
function coresOf(quota = Number.NaN, period = 0): number | null {
  return quota > 0 && period > 0 ? quota / period : null;
}

/** Empty when the file is not there: the lab's root may remove its own groups at any time. */
function readText(group: string, file: string): string {
  return readRecord(`${group}/${file}`)?.trim() ?? '';
}

/** Null when the file is not there, or says that there is no limit. */
function readNumber(group: string, file: string): number | null {
  const text = readText(group, file);
  const value = Number(text);
  return text === '' || Number.isNaN(value) || value >= NO_LIMIT ? null : value;
}

/** Lines of a name and a number. */
function readKeyed(group: string, file: string): Map<string, number> {
  return new Map(
    readText(group, file)
      .split('\n')
      .map((line): [string, number] => {
        const [name = '', value] = line.split(' ');
        return [name, Number(value)];
      }),
  );
}
