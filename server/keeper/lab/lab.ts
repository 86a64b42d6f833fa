// One lab, made and taken apart as a list of named phases. What opens something registers its closing;
// destroying is the reverse list. Knows no journal and no protocol.
import { setTimeout as sleep } from 'node:timers/promises';
import type { LabLimits } from '../../foundation/config.ts';
import { identify, isAlive, killProcess, type ProcessIdentity } from '../../kernel/processes.ts';
import type { TerminalSize } from '../../protocol/ids.ts';
import type { Hierarchy } from '../cgroups/hierarchies.ts';
import { LabGroup } from '../cgroups/lab-group.ts';
import { AdoptedTerminal } from '../pty/adopted-terminal.ts';
import type { OpenTerminal, TerminalEnd } from '../pty/open-terminal.ts';
import { Terminal } from '../pty/terminal.ts';
import type { DiskStore } from './disk.ts';
import {
  buildFileSystem,
  labPaths,
  releaseFileSystem,
  removeFileSystem,
  STUDENT,
  type LabPaths,
} from './file-system.ts';
import { LAB_PATH, startFirstProcess } from './first-process.ts';
import type { Slot, SlotTable } from './slots.ts';

/** Milliseconds that killed processes may take to leave their cgroup before destroy gives up. */
const LEAVE_WITHIN_MS = 10_000;

/**
 * Milliseconds in which whoever waits for a process of the lab may take its status and end by itself. Killed
 * together, the zombies would hold the lab's namespaces until the machine's PID 1 reaps them.
 */
const REAP_WITHIN_MS = 200;

/** What every lab of this lab host shares. */
export type LabHost = {
  hierarchies: readonly Hierarchy[];
  slots: SlotTable;
  disks: DiskStore;
  /** Directory in keeper's mount namespace below which labs are put together. */
  ground: string;
  tree: string;
  limits: LabLimits;
  terminalsPerLab: number;
};

export class Lab {
  readonly name: string;
  readonly slot: Slot;
  readonly image: string;
  readonly terminals = new Map<number, OpenTerminal>();
  readonly #host: LabHost;
  readonly #paths: LabPaths;
  readonly #group: LabGroup;
  init: ProcessIdentity | null = null;
  supervisor: ProcessIdentity | null = null;

  constructor(host: LabHost, options: { name: string; slot: Slot; image: string }) {
    this.#host = host;
    this.name = options.name;
    this.slot = options.slot;
    this.image = options.image;
    this.#paths = labPaths(host.ground, options.name);
    this.#group = new LabGroup(host.hierarchies, options.slot.number);
  }

  /** Makes everything. The caller destroys the lab when this throws. */
  async create(): Promise<void> {
    const { slots, disks, tree, limits, terminalsPerLab, hierarchies } = this.#host;
    const idMap = await slots.idMap(this.slot);
    this.#group.create(limits, this.slot.base);
    buildFileSystem({
      paths: this.#paths,
      tree,
      disks,
      image: this.image,
      idMap,
      base: this.slot.base,
      terminals: terminalsPerLab,
    });
    const started = await startFirstProcess({
      place: this.#paths.place,
      slot: this.slot,
      joinFiles: this.#group.firstJoinFiles,
      hierarchies,
    });
    this.init = identify(started.initPid);
    this.supervisor = identify(started.supervisorPid);
    releaseFileSystem(this.#paths);
  }

  /** Takes over a lab that an earlier keeper made and that still runs. */
  adopt(init: ProcessIdentity, supervisor: ProcessIdentity | null): void {
    this.init = init;
    this.supervisor = supervisor;
  }

  get isAlive(): boolean {
    return this.init !== null && isAlive(this.init);
  }

  /** Host PIDs of all processes of the lab. */
  processes(): number[] {
    return this.#group.processes();
  }

  openTerminal(
    number: number,
    size: TerminalSize,
    onEnd: (end: TerminalEnd) => void,
  ): OpenTerminal {
    if (this.init === null) throw new Error(`lab ${this.name} has no PID 1 yet`);
    const terminal = new Terminal({
      pts: this.#paths.pts,
      initPid: this.init.pid,
      joinFiles: this.#group.joinFiles,
      size,
      user: STUDENT,
      path: LAB_PATH,
    });
    return this.#keep(number, terminal, onEnd);
  }

  /** Takes back a terminal of an earlier keeper: its master, and the process that entered for it. */
  adoptTerminal(
    number: number,
    parts: { master: number; entry: ProcessIdentity; size: TerminalSize },
    onEnd: (end: TerminalEnd) => void,
  ): void {
    this.#keep(number, new AdoptedTerminal(parts), onEnd);
  }

  #keep(number: number, terminal: OpenTerminal, onEnd: (end: TerminalEnd) => void): OpenTerminal {
    this.terminals.set(number, terminal);
    terminal.onEnd((end) => {
      this.terminals.delete(number);
      onEnd(end);
    });
    return terminal;
  }

  /**
   * Ends every process, then takes the rest apart. Safe to repeat, and on the remains of a lab that an
   * earlier keeper left. Throws when a process cannot be killed (in D state): repeat later.
   */
  async destroy(): Promise<void> {
    // PID 1 first: the kernel kills its whole namespace (pid_namespaces(7)), and no entry is orphaned.
    if (this.init !== null && isAlive(this.init)) killProcess(this.init.pid);
    await this.#killAll();
    removeFileSystem(this.#paths);
    this.#group.remove();
    await this.#host.disks.remove(this.image);
    this.#host.slots.release(this.slot);
  }

  async #killAll(): Promise<void> {
    const deadline = Date.now() + LEAVE_WITHIN_MS;
    const spareUntil = Date.now() + REAP_WITHIN_MS;
    const waiting = new Set([...this.terminals.values()].map(({ entry }) => entry.pid));
    if (this.supervisor !== null) waiting.add(this.supervisor.pid);
    for (let wait = 1; ; wait = Math.min(wait * 2, 50)) {
      const left = this.#group.processes();
      if (left.length === 0) return;
      const isLate = Date.now() > spareUntil;
      this.#group.thaw();
      for (const pid of left) if (isLate || !waiting.has(pid)) killProcess(pid);
      if (Date.now() > deadline) {
        throw new Error(
          `${left.length} processes of lab ${this.name} do not end: ${left.slice(0, 5).join()}`,
        );
      }
      await sleep(wait);
    }
  }
}
