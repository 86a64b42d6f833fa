// The cgroups of one lab: limits on groups that root owns, and below each a group that the lab owns and
// may divide. Knows no namespace. [L4]
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { LabLimits } from '../../foundation/config.ts';
import { readAtMost } from '../../kernel/kernel-files.ts';
import { GroupNames, groupsBelow } from './groups-below.ts';
import type { Hierarchy } from './hierarchies.ts';
import { readGroups, readTimeUsed, type GroupPlace, type ReadGroups } from './read-groups.ts';
import { countSockets, setLimits } from './set-limits.ts';
import { TOP, hasCode, makeBelowTop, topOf } from './top-group.ts';

/** Group that the lab owns; the root of its cgroup namespace. */
const OWNED = 'lab';
/** On v2 processes sit in a leaf, so that the lab's root may enable controllers beside it. */
const LEAF = 'session';
/** For what keeper itself does in the lab: within the lab's limits, and the lab's root neither sees nor freezes it. */
const ERRANDS = 'errands';

/** Of more numbers of processes than any lab may have. */
const LIST_BYTES = 512 * 1024;

/** Files whose owner must be the lab's root for it to move processes and enable controllers. */
const delegatedFiles = ['cgroup.procs', 'tasks', 'cgroup.threads', 'cgroup.subtree_control'];

export class LabGroup {
  readonly #hierarchies: readonly Hierarchy[];
  readonly #name: string;
  readonly #places: readonly GroupPlace[];
  readonly #names = new GroupNames();

  /** Groups are named by slot, so that no two keepers of one machine can use the same user ids. */
  constructor(hierarchies: readonly Hierarchy[], slot: number) {
    this.#hierarchies = hierarchies;
    this.#name = `slot-${slot}`;
    this.#places = hierarchies.map((hierarchy) => {
      const limited = this.#limitedPath(hierarchy);
      return { hierarchy, limited, owned: join(limited, OWNED), leaf: leafOf(hierarchy) };
    });
  }

  /** Takes the slot for this machine: making a directory is the lock. False when another has it. */
  reserve(): boolean {
    const hierarchy = this.#counting;
    if (hierarchy === undefined) throw new Error('no hierarchy has the pids controller');
    try {
      makeBelowTop(hierarchy, this.#name);
      return true;
    } catch (error) {
      // Whether it is still there says nothing: the other may have given it back meanwhile.
      if (hasCode(error, ['EEXIST'])) return false;
      throw error;
    }
  }

  /**
   * Tells the directory that is the lock from any other that has its name at another time: its inode number, which
   * kernfs gives no second time. Undefined while nobody has the slot.
   */
  get identity(): string | undefined {
    const hierarchy = this.#counting;
    if (hierarchy === undefined) return undefined;
    const stats = statSync(this.#limitedPath(hierarchy), { bigint: true, throwIfNoEntry: false });
    return stats && String(stats.ino);
  }

  /** Makes the groups, sets the limits and gives the inner group to `owner` (a host uid and gid). */
  create(limits: LabLimits, owner: number): void {
    for (const hierarchy of this.#hierarchies) {
      const limited = this.#limitedPath(hierarchy);
      if (!existsSync(limited)) makeBelowTop(hierarchy, this.#name);
      if (hierarchy.version === 2) enableControllers(hierarchy);
      setLimits(limited, hierarchy, limits);
      countSockets(limited, hierarchy, limits);
      if (hierarchy.version === 2) writeControllers(limited, hierarchy);
      const owned = join(limited, OWNED);
      delegate(owned, owner);
      countSockets(owned, hierarchy, limits);
      const leaf = leafOf(hierarchy);
      if (leaf !== undefined) delegate(join(owned, leaf), owner);
    }
  }

  /** The groups that carry the limits, one for each hierarchy. */
  get limitedGroups(): string[] {
    return this.#hierarchies.map((hierarchy) => this.#limitedPath(hierarchy));
  }

  /** Files into which the lab's first process writes 0 to join, before it unshares its cgroup namespace. */
  get firstJoinFiles(): { early: string[]; late: string[] } {
    const [late, early] = [true, false].map((isLate) =>
      this.#hierarchies
        .filter((hierarchy) => isOnlyProcessorTime(hierarchy) === isLate)
        .map((hierarchy) => join(this.#limitedPath(hierarchy), OWNED, 'cgroup.procs')),
    );
    return { early: early ?? [], late: late ?? [] };
  }

  /** Files into which each later process writes 0 to join. */
  get joinFiles(): string[] {
    return this.#hierarchies.map((hierarchy) =>
      join(this.#limitedPath(hierarchy), OWNED, leafOf(hierarchy) ?? '', 'cgroup.procs'),
    );
  }

  /** Host PIDs of every process in the lab, whatever subgroups its root has made. */
  processes(): number[] {
    const hierarchy = this.#counting;
    return hierarchy === undefined ? [] : listProcesses(this.#limitedPath(hierarchy));
  }

  /**
   * Those that belong to the lab and are no errand of keeper's, with the path of the group that each is in: `/` for
   * those that are where they were put, on v2 the leaf.
   */
  ownProcesses(): Map<number, string> {
    const members = new Map<number, string>();
    const hierarchy = this.#counting;
    if (hierarchy !== undefined) {
      addMembers(join(this.#limitedPath(hierarchy), OWNED), '', members);
      const leaf = leafOf(hierarchy);
      for (const [pid, path] of members) if (path === `/${leaf}`) members.set(pid, '/');
    }
    return members;
  }

  errandProcesses(): number[] {
    const hierarchy = this.#counting;
    return hierarchy === undefined
      ? []
      : listProcesses(join(this.#limitedPath(hierarchy), ERRANDS));
  }

  /** Makes the groups for errands if need be; gives the files into which a process writes 0 to join them. */
  prepareErrands(): string[] {
    return this.#hierarchies.map((hierarchy) => {
      const group = join(this.#limitedPath(hierarchy), ERRANDS);
      mkdirSync(group, { recursive: true });
      return join(group, 'cgroup.procs');
    });
  }

  /** Limits and use of the lab and of the groups that its root has made. */
  read(): ReadGroups {
    return readGroups(this.#places, this.#names);
  }

  /** Freezes or thaws the lab as a whole (freezer of v1, `cgroup.freeze` of v2; kernel docs). */
  freeze(frozen: boolean): void {
    const [file, words] = this.#freezer;
    writeFileSync(file, frozen ? words.frozen : words.thawed);
  }

  get isFrozen(): boolean {
    const [file, words] = this.#freezer;
    // v1 says FREEZING until the last process has stopped.
    return readFileSync(file, 'utf8').trim() !== words.thawed;
  }

  get #freezer(): [string, { frozen: string; thawed: string }] {
    const v1 = this.#hierarchies.find(({ controllers }) => controllers.includes('freezer'));
    if (v1 !== undefined) {
      const words = { frozen: 'FROZEN', thawed: 'THAWED' };
      return [join(this.#limitedPath(v1), 'freezer.state'), words];
    }
    const v2 = this.#hierarchies.find(({ version }) => version === 2);
    if (v2 === undefined) throw new Error('no hierarchy can freeze a lab');
    return [join(this.#limitedPath(v2), 'cgroup.freeze'), { frozen: '1', thawed: '0' }];
  }

  /**
   * Processor time that the lab has had, as the kernel writes it: what is the same as before tells that nothing in
   * it has run. Undefined where no hierarchy counts it.
   */
  timeUsed(): string | undefined {
    return readTimeUsed(this.#places);
  }

  /**
   * Lets what the lab's root has frozen go on, so that it can be killed: v1's freezer keeps even SIGKILL from
   * a process (freezer-subsystem, kernel docs); on v2 a frozen one can be killed (cgroups(7)).
   */
  thaw(): void {
    for (const hierarchy of this.#hierarchies) {
      if (hierarchy.version === 1 && hierarchy.controllers.includes('freezer')) {
        thawTree(this.#limitedPath(hierarchy));
      }
    }
  }

  /** Removes all groups, last the one by which the slot is taken. Throws when a process is still in one. */
  remove(): void {
    const others = this.#hierarchies.filter((hierarchy) => hierarchy !== this.#counting);
    for (const hierarchy of others) removeTree(this.#limitedPath(hierarchy));
    if (this.#counting !== undefined) removeTree(this.#limitedPath(this.#counting));
  }

  /** The hierarchy that tells which processes there are, and which slots are taken. */
  get #counting(): Hierarchy | undefined {
    return this.#hierarchies.find(({ controllers }) => controllers.includes('pids'));
  }

  #limitedPath(hierarchy: Hierarchy): string {
    return join(topOf(hierarchy), this.#name);
  }
}

/**
 * v1's cpu by itself. Whoever makes a lab joins it last: its work would wait for all labs that spin, while a
 * process that is in none of the other groups could not be found and killed.
 */
function isOnlyProcessorTime({ version, controllers }: Hierarchy): boolean {
  return version === 1 && controllers.every((name) => name === 'cpu' || name === 'cpuacct');
}

function leafOf({ version }: Hierarchy): string | undefined {
  return version === 2 ? LEAF : undefined;
}

/** The slot of the lab that a process is in, by its /proc/PID/cgroup (cgroups(7)); undefined outside labs. */
export function slotOf(cgroups: string): number | undefined {
  const number = new RegExp(`:/${TOP}/slot-(\\d+)/`).exec(cgroups)?.[1];
  return number === undefined ? undefined : Number(number);
}

function enableControllers(hierarchy: Hierarchy): void {
  writeControllers(hierarchy.mountPoint, hierarchy);
  writeControllers(topOf(hierarchy), hierarchy);
}

function writeControllers(group: string, hierarchy: Hierarchy): void {
  if (hierarchy.controllers.length === 0) return;
  writeFileSync(
    join(group, 'cgroup.subtree_control'),
    hierarchy.controllers.map((name) => `+${name}`).join(' '),
  );
}

function delegate(group: string, owner: number): void {
  mkdirSync(group, { recursive: true });
  chownSync(group, owner, owner);
  for (const file of delegatedFiles) {
    const path = join(group, file);
    if (existsSync(path)) chownSync(path, owner, owner);
  }
}

function listProcesses(group: string): number[] {
  return [
    ...processesIn(group),
    ...groupsBelow(group).flatMap((name) => listProcesses(join(group, name))),
  ];
}

/** `path` of the group from the lab's own, which is ''. */
function addMembers(group: string, path: string, members: Map<number, string>): void {
  for (const pid of processesIn(group)) members.set(pid, path === '' ? '/' : path);
  for (const name of groupsBelow(group)) addMembers(join(group, name), `${path}/${name}`, members);
}

function processesIn(group: string): number[] {
  try {
    const { text } = readAtMost(join(group, 'cgroup.procs'), LIST_BYTES);
    return text === '' ? [] : text.trim().split('\n').map(Number);
  } catch {
    // The lab's root may remove its own subgroups at any time.
    return [];
  }
}

function thawTree(group: string): void {
  try {
    writeFileSync(join(group, 'freezer.state'), 'THAWED');
    for (const name of groupsBelow(group)) thawTree(join(group, name));
  } catch {
    // Never made, or the lab's root removed its own subgroup meanwhile.
  }
}

function removeTree(group: string): void {
  if (!existsSync(group)) return;
  for (const name of groupsBelow(group)) removeTree(join(group, name));
  rmdirSync(group);
}
