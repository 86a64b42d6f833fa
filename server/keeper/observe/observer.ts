// Observes labs: one snapshot at a time from the kernel's own files, from outside, trusting nothing of what
// a learner controls. Knows no course and no check. [L11]
import type { BigIntStats } from 'node:fs';
import { lookBeneath, readLinkBeneath, withRoot } from '../../kernel/files-beneath.ts';
import type { ProcConnector, ProcessEnd } from '../../kernel/proc-connector.ts';
import type {
  ObservedExit,
  ObservedFile,
  ObservedGroup,
  ObservedMount,
  Snapshot,
} from '../../protocol/snapshot.ts';
import { Allowance } from './allowance.ts';
import { readMounts } from './read-mounts.ts';
import {
  deviceText,
  labUser,
  namespaceId,
  readNamespaces,
  readPlace,
  readProcess,
  type ReadProcess,
} from './read-process.ts';

/** More processes are cut, and the snapshot says so; a lab's own limit is below it. */
const PROCESSES = 1024;
/** Distinct mount namespaces read per snapshot; each is a file of some kilobytes. */
const MOUNT_NAMESPACES = 32;
/**
 * Bytes of a snapshot that processes and mounts may take; with ends and files it stays below LINE_BYTES. A full
 * lab of ordinary programs needs a fifth.
 */
const PROCESS_BYTES = 2 * 1024 * 1024;
const MOUNT_BYTES = 1.5 * 1024 * 1024;
/** What one takes in JSON besides its texts. */
const BYTES_PER_PROCESS = 1200;
const BYTES_PER_MOUNT = 200;
/** Ends kept per lab until somebody observes it. */
const EXITS = 1024;

const S_IFMT = 0o170000n;
const kindsByMode = new Map<bigint, ObservedFile['kind']>([
  [0o040000n, 'directory'],
  [0o100000n, 'file'],
  [0o120000n, 'symlink'],
  [0o020000n, 'device'],
  [0o060000n, 'device'],
]);

export type ObservedLab = {
  /** Host PID of the lab's PID 1. */
  initPid: number;
  base: number;
  /** Host PIDs, from the lab's cgroup. */
  processes: () => number[];
  groups: () => ObservedGroup[];
  paths: readonly string[];
};

/** What one lab looked like last time: who was alive, for matching ends, and ends not yet told. */
type Known = { pid: number; startTime: number };
type Memory = {
  alive: Map<number, Known>;
  /** Gone since the last look without an event: the kernel unlists a process before it reports its end. */
  leaving: Map<number, Known>;
  exits: ObservedExit[];
};

export class Observer {
  readonly #memories = new Map<string, Memory>();
  readonly #connector: ProcConnector | undefined;

  /** Without a connector, ends are noticed but their status is not known. */
  constructor(connector: ProcConnector | undefined) {
    this.#connector = connector;
  }

  forget(name: string): void {
    this.#memories.delete(name);
  }

  /** Throws when the lab's PID 1 is gone. */
  observe(name: string, lab: ObservedLab): Snapshot {
    const at = Date.now();
    const namespaces = readNamespaces(`/proc/${lab.initPid}`);
    const root = readPlace(`/proc/${lab.initPid}/root`);
    if (namespaces === null || root === null) throw new Error(`lab ${name} has no PID 1`);
    const hostPids = lab.processes();
    const found = hostPids.slice(0, PROCESSES).flatMap((pid) => readProcess(pid, lab.base) ?? []);
    const read = new Allowance(PROCESS_BYTES).takeFirst(found, BYTES_PER_PROCESS, textsOf);
    const labPids = new Map(read.map((process) => [process.hostPid, process.pid]));
    const mounts = readAllMounts(lab.initPid, namespaces.mnt, read);
    const labRoot = { device: root.device, inode: root.inode, pid: namespaces.pid };
    const processes = read.map((process) => {
      const { hostPid, hostParent, ...rest } = process;
      return {
        ...rest,
        parent: labPids.get(hostParent) ?? 0,
        procNamespace: isElsewhere(process, labRoot) ? procNamespaceOf(hostPid) : namespaces.pid,
      };
    });
    return {
      version: 1,
      at,
      lab: { namespaces, root },
      processes,
      mounts: mounts.byNamespace,
      groups: lab.groups(),
      files: lookAtFiles(lab),
      exits: this.#takeExits(name, found),
      truncated: mounts.truncated || hostPids.length > PROCESSES || read.length < found.length,
    };
  }

  /** Files ends that the connector reports under the labs that they happened in. */
  #fileEnds(ends: readonly ProcessEnd[]): void {
    for (const end of ends) {
      for (const memory of this.#memories.values()) {
        const known = memory.leaving.get(end.hostPid) ?? memory.alive.get(end.hostPid);
        if (known === undefined) continue;
        if (!memory.leaving.delete(end.hostPid)) memory.alive.delete(end.hostPid);
        if (memory.exits.length < EXITS) {
          memory.exits.push({ ...known, code: end.code, signal: end.signal });
        }
      }
    }
  }

  #takeExits(name: string, read: readonly ReadProcess[]): ObservedExit[] {
    this.#fileEnds(this.#connector?.drain() ?? []);
    const memory: Memory = this.#memories.get(name) ?? {
      alive: new Map(),
      leaving: new Map(),
      exits: [],
    };
    this.#memories.set(name, memory);
    const now = new Map(
      read
        .filter((process) => process.state !== 'Z')
        .map((process) => [process.hostPid, { pid: process.pid, startTime: process.startTime }]),
    );
    // A whole look later there is still no event: the connector lost it, or there is none.
    for (const known of memory.leaving.values()) {
      if (memory.exits.length < EXITS) memory.exits.push({ ...known, code: null, signal: null });
    }
    memory.leaving = new Map(
      [...memory.alive].filter(([pid, { startTime }]) => now.get(pid)?.startTime !== startTime),
    );
    memory.alive = now;
    return memory.exits.splice(0);
  }
}

const textsOf = ({ name, command, executable, root, workingDirectory }: ReadProcess): string[] => [
  name,
  ...command,
  executable ?? '',
  root?.path ?? '',
  workingDirectory?.path ?? '',
];

const textsOfMount = ({ target, root, type, source, options }: ObservedMount): string[] => [
  target,
  root,
  type,
  source,
  ...options,
];

/** True for processes whose /proc may be another than the lab's. */
function isElsewhere(
  process: ReadProcess,
  labRoot: { device: string; inode: string; pid: string },
): boolean {
  if (process.root === null || process.namespaces === null) return false;
  return (
    process.root.device !== labRoot.device ||
    process.root.inode !== labRoot.inode ||
    process.namespaces.pid !== labRoot.pid
  );
}

function procNamespaceOf(hostPid: number): string | null {
  try {
    return withRoot(`/proc/${hostPid}/root`, (root) =>
      namespaceId(readLinkBeneath(root, 'proc/1/ns/pid')),
    );
  } catch {
    return null;
  }
}

function readAllMounts(
  initPid: number,
  labNamespace: string,
  processes: readonly ReadProcess[],
): { byNamespace: Record<string, ObservedMount[]>; truncated: boolean } {
  const representatives = new Map([[labNamespace, initPid]]);
  for (const { hostPid, namespaces } of processes) {
    if (namespaces !== null && !representatives.has(namespaces.mnt)) {
      representatives.set(namespaces.mnt, hostPid);
    }
  }
  const byNamespace: Record<string, ObservedMount[]> = {};
  const allowance = new Allowance(MOUNT_BYTES);
  let truncated = representatives.size > MOUNT_NAMESPACES;
  for (const [namespace, hostPid] of [...representatives].slice(0, MOUNT_NAMESPACES)) {
    const read = readMounts(hostPid);
    const mounts = allowance.takeFirst(read.mounts, BYTES_PER_MOUNT, textsOfMount);
    byNamespace[namespace] = mounts;
    truncated ||= read.truncated || mounts.length < read.mounts.length;
  }
  return { byNamespace, truncated };
}

function lookAtFiles(lab: ObservedLab): Record<string, ObservedFile> {
  if (lab.paths.length === 0) return {};
  return withRoot(`/proc/${lab.initPid}/root`, (root) =>
    Object.fromEntries(
      lab.paths.map((path) => [path, describeFile(lookBeneath(root, path), lab.base)]),
    ),
  );
}

function describeFile(stats: BigIntStats | undefined, base: number): ObservedFile {
  if (stats === undefined) {
    return { kind: 'absent', device: '', inode: '', user: 65_534, mode: 0, size: 0 };
  }
  return {
    kind: kindsByMode.get(stats.mode & S_IFMT) ?? 'other',
    device: deviceText(stats.dev),
    inode: String(stats.ino),
    user: labUser(Number(stats.uid), base),
    mode: Number(stats.mode & 0o7777n),
    size: Number(stats.size),
  };
}
