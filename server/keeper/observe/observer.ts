// Observes labs: one snapshot at a time from the kernel's own files, from outside, trusting nothing of what
// a learner controls. Knows no course and no check. [L11]
import type { BigIntStats } from 'node:fs';
import { lookBeneath, withRoot } from '../../kernel/files-beneath.ts';
import type { KeeperResult } from '../../protocol/keeper-verbs.ts';
import { takeChanges } from '../../protocol/snapshot-changes.ts';
import type { ObservedExit, ObservedFile, Snapshot } from '../../protocol/snapshot.ts';
import { DrawnFacts, noFacts } from './drawn-facts.ts';
import type { ProcessEvents, ToldEnd } from './process-events.ts';
import { NetworkReader } from './read-networks.ts';
import { Passing } from './passing.ts';
import { readSight, tellPassed, type SeenLab, type Sight } from './read-lab.ts';
import { deviceText, labUser, type ReadProcess } from './read-process.ts';

/** Ends kept per lab until somebody observes it. */
const EXITS = 1024;
/** Milliseconds between two looks at who has started a program, while a lab is watched for it. */
const LISTEN_EVERY_MS = 10;

const untold = { code: null, signal: null, sender: null };

const S_IFMT = 0o170000n;
const kindsByMode = new Map<bigint, ObservedFile['kind']>([
  [0o040000n, 'directory'],
  [0o100000n, 'file'],
  [0o120000n, 'symlink'],
  [0o020000n, 'device'],
  [0o060000n, 'device'],
]);

export type ObservedLab = SeenLab & {
  /** Grows whenever anything in the lab runs; undefined when that is not known. */
  timeUsed: () => string | undefined;
  paths: readonly string[];
  slot: number;
  /** Whether processes that live for a moment are to be caught. */
  passing: boolean;
  /** Whether network namespaces are looked into. */
  wantsNetworks: boolean;
  /** Whether somebody looks at it. */
  drawn: boolean;
};

/** What one lab looked like last time: who was alive, for matching ends, and ends not yet told. */
type Known = { pid: number; startTime: number };
type Memory = {
  /** The last snapshot that was told, and of which paths. */
  told: { snapshot: Snapshot; paths: string; drawn: boolean } | undefined;
  /** What was read last, and the time that the lab had used when the reading began. */
  sight: Sight | undefined;
  alive: Map<number, Known>;
  /** Gone since the last look without an event: the kernel unlists a process before it reports its end. */
  leaving: Map<number, Known>;
  exits: ObservedExit[];
};

export class Observer {
  readonly #memories = new Map<string, Memory>();
  readonly #drawnFacts = new DrawnFacts();
  readonly #events: ProcessEvents;
  readonly #passing: Passing;
  #listening: NodeJS.Timeout | undefined;
  readonly #networks = new NetworkReader();

  /**
   * Where `events` tells nothing, ends are noticed but their status is not known, and nobody is caught who lives between
   * two looks. `slotOf` gives the slot of a lab by the text of /proc/PID/cgroup.
   */
  constructor(events: ProcessEvents, slotOf: (cgroups: string) => number | undefined) {
    this.#events = events;
    this.#passing = new Passing(slotOf);
  }

  close(): void {
    clearInterval(this.#listening);
  }

  forget(name: string): void {
    this.#memories.delete(name);
    this.#drawnFacts.forget(name);
  }

  /** What is to be told to whoever has the snapshot that began at `since`. Throws when PID 1 is gone. */
  async observe(
    name: string,
    lab: ObservedLab,
    since: number | null,
  ): Promise<KeeperResult<'observe'>> {
    const memory = this.#memoryOf(name);
    const { told, sight, leaving, exits } = memory;
    const known = told?.snapshot.at === since ? told.snapshot : undefined;
    const paths = lab.paths.join('\n');
    this.#listen();
    const timeUsed = lab.timeUsed();
    const isSame =
      // Counters of networks move without any process of the lab.
      !lab.wantsNetworks &&
      known !== undefined &&
      told?.paths === paths &&
      (!lab.drawn || (told.drawn && this.#drawnFacts.areFresh(name, sight))) &&
      leaving.size + exits.length === 0 &&
      !this.#passing.hasCaught(lab.slot) &&
      timeUsed !== undefined &&
      sight?.timeUsed === timeUsed;
    if (isSame) {
      if (lab.passing) this.#watch(memory, lab);
      return { news: 'nothing' };
    }
    const snapshot = await this.#observe(name, { lab, timeUsed });
    memory.told = { snapshot, paths, drawn: lab.drawn };
    return known === undefined
      ? { news: 'whole', snapshot }
      : { news: 'changes', changes: takeChanges(known, snapshot) };
  }

  /** `timeUsed`: at most what it is now. */
  async #observe(
    name: string,
    { lab, timeUsed }: { lab: ObservedLab; timeUsed: string | undefined },
  ): Promise<Snapshot> {
    const memory = this.#memoryOf(name);
    const now = Date.now();
    // No two may have the same name: link says by it which one it has.
    const at = memory.told?.snapshot.at === now ? now + 1 : now;
    const isAsBefore = timeUsed !== undefined && memory.sight?.timeUsed === timeUsed;
    const sight = isAsBefore ? memory.sight : readSight(lab, { timeUsed, before: memory.sight });
    if (sight === undefined) throw new Error(`lab ${name} has no PID 1`);
    memory.sight = sight;
    this.#listen();
    const exits = this.#takeExits(memory, sight.found);
    const passed = this.#passing.take(lab.slot, sight.found);
    if (lab.passing) this.#watch(memory, lab);
    const own = { initPid: lab.initPid, lab: sight.own };
    const snapshot: Snapshot = {
      version: 3,
      at,
      lab: sight.own,
      processes: sight.told,
      passed: tellPassed(passed, sight, lab.base),
      mounts: sight.mounts,
      ...(lab.drawn ? this.#drawnFacts.look(name, { ...own, sight }) : noFacts),
      groups: sight.groups,
      moreGroups: sight.moreGroups,
      networks: null,
      networksMissing: false,
      files: lookAtFiles(lab),
      exits,
      truncated: sight.truncated,
    };
    if (!lab.wantsNetworks) return snapshot;
    const read = await this.#networks.read(name, own, sight);
    if (read === undefined) return snapshot;
    return {
      ...snapshot,
      networks: read.networks,
      networksMissing: read.missing,
      truncated: snapshot.truncated || read.truncated,
    };
  }

  #memoryOf(name: string): Memory {
    const known = this.#memories.get(name);
    if (known !== undefined) return known;
    const memory: Memory = {
      told: undefined,
      sight: undefined,
      alive: new Map(),
      leaving: new Map(),
      exits: [],
    };
    this.#memories.set(name, memory);
    return memory;
  }

  #watch(memory: Memory, { slot, base }: ObservedLab): void {
    this.#passing.watch({
      slot,
      base,
      caught: ({ hostPid, pid, startTime }) => {
        // Its end is matched like that of any other.
        if (!memory.alive.has(hostPid)) memory.alive.set(hostPid, { pid, startTime });
      },
    });
    this.#listening ??= setInterval(() => {
      this.#listen();
      if (this.#passing.isWatching) return;
      clearInterval(this.#listening);
      this.#listening = undefined;
    }, LISTEN_EVERY_MS);
  }

  #listen(): void {
    const events = this.#events.drain();
    if (events === undefined) return;
    this.#passing.handleExecs(events.execs);
    this.#fileEnds(events.ends);
  }

  /** Files ends that the connector reports under the labs that they happened in. */
  #fileEnds(ends: readonly ToldEnd[]): void {
    for (const end of ends) {
      for (const memory of this.#memories.values()) {
        const known = memory.leaving.get(end.hostPid) ?? memory.alive.get(end.hostPid);
        if (known === undefined) continue;
        if (!memory.leaving.delete(end.hostPid)) memory.alive.delete(end.hostPid);
        if (memory.exits.length < EXITS) {
          const { code, signal, sender } = end;
          memory.exits.push({ ...known, code, signal, sender });
        }
      }
    }
  }

  /** After the connector was listened to: what was read is older than what it has told. */
  #takeExits(memory: Memory, read: readonly ReadProcess[]): ObservedExit[] {
    const now = new Map(
      read
        .filter((process) => process.state !== 'Z')
        .map((process) => [process.hostPid, { pid: process.pid, startTime: process.startTime }]),
    );
    // A whole look later there is still no event: the connector lost it, or there is none.
    for (const known of memory.leaving.values()) {
      if (memory.exits.length < EXITS) memory.exits.push({ ...known, ...untold });
    }
    memory.leaving = new Map(
      [...memory.alive].filter(([pid, { startTime }]) => now.get(pid)?.startTime !== startTime),
    );
    memory.alive = now;
    return memory.exits.splice(0);
  }
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
