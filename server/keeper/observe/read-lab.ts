// Reads what only the processes of a lab can change of it: themselves, and their mounts. Remembers what has not
// run since it was read last. Knows no memory of ends and no file of a step.
import { readLinkOfProc, withRoot } from '../../kernel/files-beneath.ts';
import type {
  ObservedGroup,
  ObservedMount,
  ObservedProcess,
  Snapshot,
} from '../../protocol/snapshot.ts';
import { Allowance } from './allowance.ts';
import { Places } from './places.ts';
import { readMounts, type MountsRead } from './read-mounts.ts';
import { findEnded, isZombie } from './zombies.ts';
import { readInside } from './read-inside.ts';
import { namespaceId, readProcess, type ReadProcess, type Remembered } from './read-process.ts';

/** More processes are cut, and the snapshot says so; a lab's own limit is below it. */
const PROCESSES = 1024;
/** Distinct mount namespaces read per snapshot; each is a file of some kilobytes. */
const MOUNT_NAMESPACES = 32;
/**
 * Bytes of a snapshot that processes and mounts may take; with ends and files it stays below LINE_BYTES. A full
 * lab of ordinary programs needs a fifth.
 */
const PROCESS_BYTES = 2 * 1024 * 1024;
const MOUNT_BYTES = 1024 * 1024;
const PASSED_BYTES = 256 * 1024;
/** What one takes in JSON besides its texts. */
const BYTES_PER_PROCESS = 1200;
const BYTES_PER_MOUNT = 200;
const GROUP_CHARACTERS = 1024;
export type SeenLab = {
  /** Host PID of the lab's PID 1. */
  initPid: number;
  base: number;
  /** Host PIDs, from the lab's cgroup, with the path of the group below it that each is in. */
  processes: () => ReadonlyMap<number, string>;
  groups: () => { groups: ObservedGroup[]; more: number };
};

/** What only the lab's own processes can change. */
export type Sight = {
  timeUsed: string | undefined;
  /** What PID 1 is in. */
  own: Snapshot['lab'];
  processes: ReadonlyMap<number, Remembered>;
  found: readonly ReadProcess[];
  told: ObservedProcess[];
  tellings: Tellings;
  mounts: Record<string, ObservedMount[]>;
  /** The same, and how they were read; the lab's own first. */
  views: readonly MountView[];
  /** PID namespace that the lab's own /proc shows; null when no proc is mounted there. */
  proc: string | null;
  groups: ObservedGroup[];
  moreGroups: number;
  truncated: boolean;
};

/** A mount namespace, the process through which it was read, and its mounts. */
export type MountView = { namespace: string; hostPid: number; read: MountsRead };

type Telling = Pick<Sight, 'own' | 'proc'> & {
  base: number;
  groupOf: ReadonlyMap<number, string>;
  /** Among whom parents are. */
  family: readonly ReadProcess[];
  before?: Tellings | undefined;
};

/** As what each process was told: what is the same is not made again, nor sent. */
type Tellings = ReadonlyMap<ReadProcess, ObservedProcess>;

/** `before`: what it read last. Undefined when PID 1 is gone. */
export function readSight(
  lab: SeenLab,
  { timeUsed, before }: { timeUsed: string | undefined; before: Sight | undefined },
): Sight | undefined {
  const reading = { base: lab.base, places: new Places() };
  const first = readProcess(lab.initPid, reading, before?.processes.get(lab.initPid));
  if (first === undefined) return undefined;
  const { namespaces, root } = first.process;
  if (namespaces === null || root === null) return undefined;
  const own = { namespaces, root };
  const groupOf = lab.processes();
  const hostPids = [...groupOf.keys()];
  const processes = new Map<number, Remembered>();
  for (const pid of hostPids.slice(0, PROCESSES)) {
    const read =
      pid === lab.initPid ? first : readProcess(pid, reading, before?.processes.get(pid));
    if (read !== undefined) processes.set(pid, read);
  }
  for (const pid of findEnded(processes, before?.processes)) {
    const read = readProcess(pid, reading, before?.processes.get(pid));
    const isOne = read !== undefined && isZombie(read, processes);
    if (isOne && processes.size < PROCESSES) processes.set(pid, read);
  }
  const found = [...processes.values()].map(({ process }) => process);
  const read = new Allowance(PROCESS_BYTES).takeFirst(found, BYTES_PER_PROCESS, (process) => [
    ...textsOf(process),
    groupOf.get(process.hostPid) ?? '',
  ]);
  const mounts = readAllMounts(read, { initPid: lab.initPid, own, before: before?.views });
  const isCut = hostPids.length > PROCESSES || read.length < found.length;
  const proc = readProc(lab.initPid, mounts.views, before);
  const telling = { own, proc, base: lab.base, groupOf, family: read, before: before?.tellings };
  const tellings = tell(read, telling);
  const { groups, more: moreGroups } = lab.groups();
  return {
    timeUsed,
    own,
    proc,
    processes,
    found,
    told: [...tellings.values()],
    tellings,
    mounts: Object.fromEntries(mounts.views.map((view) => [view.namespace, view.read.mounts])),
    views: mounts.views,
    groups,
    moreGroups,
    truncated: mounts.truncated || isCut,
  };
}

/** Those that have ended since they were read, children of each other and of those that live. */
export function tellPassed(
  passed: readonly ReadProcess[],
  { own, proc, found }: Sight,
  base: number,
): ObservedProcess[] {
  if (passed.length === 0) return [];
  const read = new Allowance(PASSED_BYTES).takeFirst(passed, BYTES_PER_PROCESS, textsOf);
  return [
    ...tell(read, { own, proc, base, groupOf: new Map(), family: [...found, ...read] }).values(),
  ];
}

/** As the lab itself would have it: by its own PIDs. */
function tell(
  processes: readonly ReadProcess[],
  { own, proc, base, groupOf, family, before }: Telling,
): Map<ReadProcess, ObservedProcess> {
  const labPids = new Map(family.map((process) => [process.hostPid, process.pid]));
  const tellings = new Map<ReadProcess, ObservedProcess>();
  for (const process of processes) {
    const { hostPid, hostParent, user, namespaces, ...rest } = process;
    const parent = labPids.get(hostParent) ?? 0;
    const procNamespace = isElsewhere(process, own) ? procNamespaceOf(hostPid) : proc;
    const isOfLab = namespaces === null || namespaces.user === own.namespaces.user;
    const inside = isOfLab ? null : readInside(hostPid, user, base);
    const group = groupOf.get(hostPid)?.slice(0, GROUP_CHARACTERS) ?? null;
    const known = before?.get(process);
    const isSame =
      known?.parent === parent &&
      known.procNamespace === procNamespace &&
      known.group === group &&
      isSameUser(known.user.inside, inside);
    const others = { parent, procNamespace, group, user: { ...user, inside } };
    tellings.set(process, isSame ? known : { ...rest, namespaces, ...others });
  }
  return tellings;
}

function isSameUser(
  one: ObservedProcess['user']['inside'],
  other: ObservedProcess['user']['inside'],
): boolean {
  if (one === null || other === null) return one === other;
  return one.real === other.real && one.effective === other.effective;
}

/** Only the lab's mounts decide that it is the lab's own: while those are the same, it is. */
function readProc(
  initPid: number,
  [own]: readonly MountView[],
  before: Sight | undefined,
): string | null {
  const isAsBefore = own?.read.text !== undefined && before?.views[0]?.read === own.read;
  const isOwn = isAsBefore && before.proc === before.own.namespaces.pid;
  return isOwn ? before.proc : procNamespaceOf(initPid);
}

const textsOf = ({ name, command, executable, root, workingDirectory }: ReadProcess): string[] => [
  name,
  ...command,
  executable ?? '',
  root?.path ?? '',
  workingDirectory?.path ?? '',
];

const textsOfMount = ({ target, root, type, source, options, layers }: ObservedMount): string[] => [
  ...(layers === null ? [] : [...layers.lower, layers.upper ?? '', layers.work ?? '']),
  target,
  root,
  type,
  source,
  ...options,
];

/** True for processes whose /proc may be another than the lab's. */
function isElsewhere({ root, namespaces }: ReadProcess, own: Snapshot['lab']): boolean {
  if (root === null || namespaces === null) return false;
  return (
    root.device !== own.root.device ||
    root.inode !== own.root.inode ||
    namespaces.pid !== own.namespaces.pid ||
    namespaces.mnt !== own.namespaces.mnt
  );
}

function procNamespaceOf(hostPid: number): string | null {
  try {
    return withRoot(`/proc/${hostPid}/root`, (root) =>
      namespaceId(readLinkOfProc(root, '1/ns/pid')),
    );
  } catch {
    return null;
  }
}

function readAllMounts(
  processes: readonly ReadProcess[],
  {
    initPid,
    own,
    before = [],
  }: { initPid: number; own: Snapshot['lab']; before: readonly MountView[] | undefined },
): { views: MountView[]; truncated: boolean } {
  const representatives = new Map([[own.namespaces.mnt, initPid]]);
  for (const { hostPid, namespaces } of processes) {
    if (namespaces !== null && !representatives.has(namespaces.mnt)) {
      representatives.set(namespaces.mnt, hostPid);
    }
  }
  const views: MountView[] = [];
  const allowance = new Allowance(MOUNT_BYTES);
  let truncated = representatives.size > MOUNT_NAMESPACES;
  for (const [namespace, hostPid] of [...representatives].slice(0, MOUNT_NAMESPACES)) {
    const known = before.find((view) => view.namespace === namespace)?.read;
    const read = readMounts(hostPid, own.root.device, known);
    const mounts = allowance.takeFirst(read.mounts, BYTES_PER_MOUNT, textsOfMount);
    const isCut = mounts.length < read.mounts.length;
    views.push({ namespace, hostPid, read: isCut ? { ...read, mounts, text: undefined } : read });
    truncated ||= read.truncated || isCut;
  }
  return { views, truncated };
}
