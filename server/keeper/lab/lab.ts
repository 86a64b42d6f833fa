// One lab, made and taken apart as a list of named phases. What opens something registers its closing;
// destroying is the reverse list. Knows no journal and no protocol.
import { setTimeout as sleep } from 'node:timers/promises';
import type { LabLimits } from '../../foundation/config.ts';
import { isAlive, killProcess, type ProcessIdentity } from '../../kernel/processes.ts';
import { setTerminalSize } from '../../kernel/terminal-size.ts';
import type { TerminalSize } from '../../protocol/ids.ts';
import type { DiskThrottle } from '../cgroups/disk-throttle.ts';
import type { Hierarchy } from '../cgroups/hierarchies.ts';
import { LabGroup } from '../cgroups/lab-group.ts';
import type { ReadGroups } from '../cgroups/read-groups.ts';
import { AdoptedTerminal } from '../pty/adopted-terminal.ts';
import type { OpenTerminal, TerminalEnd } from '../pty/open-terminal.ts';
import { Terminal } from '../pty/terminal.ts';
import type { DiskStore } from './disk.ts';
import { Errand } from './errand.ts';
import type { Spawner } from '../spawner/spawner.ts';
import { labPlace, makePlace, removePlace, STUDENT, type LabPlace } from './places.ts';
import type { Slot, SlotTable } from './slots.ts';

/** Milliseconds that killed processes may take to leave their cgroup before destroy gives up. */
const LEAVE_WITHIN_MS = 10_000;

/** Milliseconds that the same may take before a last errand. */
const QUIET_WITHIN_MS = 2000;

/** Milliseconds after which the processes of a lab are looked for one by one: some are frozen, or it was adopted. */
const ENDS_WITHIN_MS = 20;

/** Until somebody says how large theirs is. */
const READY_SIZE: TerminalSize = { cols: 80, rows: 24 };

/** What every lab of this lab host shares. */
export type LabHost = {
  hierarchies: readonly Hierarchy[];
  slots: SlotTable;
  spawner: Spawner;
  disks: DiskStore;
  throttle: DiskThrottle;
  /** Directory in keeper's mount namespace below which labs are put together. */
  ground: string;
  tree: string;
  limits: LabLimits;
};

export type TerminalEvents = {
  /** Its master is open during the call. */
  opened(terminal: OpenTerminal): void;
  /** The shell has ended; the master is closed. Not before `opened`. */
  ended(end: TerminalEnd): void;
};

export class Lab {
  /** A warm lab gets another when it is given to a learner. */
  name: string;
  readonly slot: Slot;
  readonly image: string;
  readonly terminals = new Map<number, OpenTerminal>();
  readonly #opening = new Set<number>();
  /** Opened before anybody asked. */
  #ready: Terminal | undefined;
  readonly #host: LabHost;
  readonly #place: LabPlace;
  readonly #group: LabGroup;
  /** Whether the groups with the slot's name are this lab's, and nobody else's. */
  #hasGroup: boolean;
  init: ProcessIdentity | null = null;
  /** Whether anybody ever had a terminal in it. */
  wasEntered = false;
  /** The end of PID 1, which the kernel reports once the whole PID namespace has ended. */
  readonly #ended = Promise.withResolvers<void>();

  constructor(
    host: LabHost,
    options: { name: string; slot: Slot; image: string; place: string; hasGroup?: boolean },
  ) {
    this.#host = host;
    this.name = options.name;
    this.slot = options.slot;
    this.image = options.image;
    this.#place = labPlace(host.ground, options.place);
    this.#group = new LabGroup(host.hierarchies, options.slot.number);
    this.#hasGroup = options.hasGroup ?? true;
  }

  /** Makes everything. The caller destroys the lab when this throws. */
  async create(): Promise<void> {
    const { slots, spawner, disks, tree, limits, hierarchies } = this.#host;
    const { number: slot, base } = this.slot;
    const outer = await slots.outerNamespace(this.slot);
    makePlace(this.#place, { base, ptys: limits.ptys });
    this.init = await spawner.makeLab(
      {
        place: this.#place.directory,
        pts: this.#place.pts,
        tree,
        image: disks.pathOf(this.image),
        slot,
        base,
        outer,
        hierarchies: [...hierarchies],
        limits,
      },
      () => this.#ended.resolve(),
    );
    this.#host.throttle.limit(this.init.pid, this.#group.limitedGroups);
  }

  /** Calls back when PID 1 ends; only for a lab that this keeper made. */
  onEnd(callback: () => void): void {
    void this.#tellEnd(callback);
  }

  async #tellEnd(callback: () => void): Promise<void> {
    await this.#ended.promise;
    callback();
  }

  /** Takes over a lab that an earlier keeper made and that still runs. */
  adopt(init: ProcessIdentity): void {
    this.init = init;
    this.wasEntered = true;
  }

  get isAlive(): boolean {
    return this.init !== null && isAlive(this.init);
  }

  /** Stops all its processes where they are, or lets them go on; those that its root froze stay so. */
  freeze(frozen: boolean): void {
    this.#group.freeze(frozen);
  }

  get isFrozen(): boolean {
    return this.#group.isFrozen;
  }

  /** Limits and use of its cgroups. */
  groups(): ReadGroups {
    return this.#group.read();
  }

  /** Processor time that it has had, to be compared with an earlier one. */
  timeUsed(): string | undefined {
    return this.#group.timeUsed();
  }

  /** Host PIDs of all processes of the lab, with the path of the cgroup that each is in. */
  processes(): Map<number, string> {
    return this.#group.ownProcesses();
  }

  /** Runs a script in the lab, as its root. Throws when the lab has ended. */
  startErrand(script: string): Errand {
    if (this.init === null) throw new Error(`lab ${this.name} has no PID 1 yet`);
    return new Errand(
      {
        init: this.init,
        joinFiles: this.#group.prepareErrands(),
        openFiles: this.#host.limits.openFiles,
        killAllBut: (kept) => {
          const others = this.#group.errandProcesses().filter((pid) => pid !== kept);
          for (const pid of others) killProcess(pid);
          return others.length;
        },
      },
      script,
    );
  }

  /** Kills all but PID 1: nothing competes with a last errand any more, for memory, processes or time. */
  async quieten(): Promise<void> {
    const deadline = Date.now() + QUIET_WITHIN_MS;
    this.#group.freeze(false);
    for (let wait = 1; Date.now() < deadline; wait = Math.min(wait * 2, 50)) {
      const others = this.#group.processes().filter((pid) => pid !== this.init?.pid);
      if (others.length === 0) return;
      this.#group.thaw();
      for (const pid of others) killProcess(pid);
      await sleep(wait);
    }
  }

  /** Lets go of the terminal that was opened before anybody asked. */
  dropReadyTerminal(): void {
    this.#ready?.close();
    this.#ready = undefined;
  }

  /** Opens a terminal that the first who asks for one gets, with its prompt. */
  async prepareTerminal(): Promise<void> {
    this.#ready = await this.#open(READY_SIZE);
  }

  async openTerminal(number: number, size: TerminalSize, events: TerminalEvents): Promise<void> {
    this.wasEntered = true;
    const ready = this.#ready;
    this.#ready = undefined;
    if (ready !== undefined && isAlive(ready.entry)) {
      setTerminalSize(ready.master, size);
      this.#keep(number, ready, events);
      return;
    }
    ready?.close();
    this.#opening.add(number);
    try {
      this.#keep(number, await this.#open(size), events);
    } finally {
      this.#opening.delete(number);
    }
  }

  #open(size: TerminalSize): Promise<Terminal> {
    if (this.init === null) throw new Error(`lab ${this.name} has no PID 1 yet`);
    return Terminal.open({
      spawner: this.#host.spawner,
      pts: this.#place.pts,
      init: this.init,
      joinFiles: this.#group.joinFiles,
      size,
      user: STUDENT,
      openFiles: this.#host.limits.openFiles,
    });
  }

  /** Numbers of the terminals that are open or being opened. */
  get terminalNumbers(): ReadonlySet<number> {
    return new Set([...this.terminals.keys(), ...this.#opening]);
  }

  /** Takes back a terminal of an earlier keeper: its master, and the process that entered for it. */
  adoptTerminal(
    number: number,
    parts: { master: number; entry: ProcessIdentity },
    onEnd: (end: TerminalEnd) => void,
  ): void {
    this.#keep(number, new AdoptedTerminal(parts), { opened: () => undefined, ended: onEnd });
  }

  #keep(number: number, terminal: OpenTerminal, events: TerminalEvents): void {
    this.terminals.set(number, terminal);
    try {
      // Its shell may have ended already: whoever hears of the end closes the master.
      events.opened(terminal);
    } finally {
      terminal.onEnd((end) => {
        this.terminals.delete(number);
        events.ended(end);
      });
    }
  }

  /**
   * Ends every process, then takes the rest apart. Safe to repeat, and on the remains of a lab that an
   * earlier keeper left. Throws when a process cannot be killed (in D state): repeat later.
   */
  async destroy(): Promise<void> {
    // PID 1 first: the kernel kills its whole namespace (pid_namespaces(7)), and no entry is orphaned.
    if (this.init !== null && isAlive(this.init)) {
      this.#host.throttle.release(this.init.pid, this.#group.limitedGroups);
      killProcess(this.init.pid);
      await Promise.race([this.#ended.promise, sleep(ENDS_WITHIN_MS)]);
    }
    if (this.#hasGroup) await this.#killAll();
    this.dropReadyTerminal();
    removePlace(this.#place);
    if (this.#hasGroup) this.#group.remove();
    this.#hasGroup = false;
    await this.#host.disks.remove(this.image);
    this.#host.slots.release(this.slot);
  }

  async #killAll(): Promise<void> {
    const deadline = Date.now() + LEAVE_WITHIN_MS;
    for (let wait = 1; ; wait = Math.min(wait * 2, 50)) {
      const left = this.#group.processes();
      if (left.length === 0) return;
      this.#group.thaw();
      for (const pid of left) killProcess(pid);
      if (Date.now() > deadline) {
        throw new Error(
          `${left.length} processes of lab ${this.name} do not end: ${left.slice(0, 5).join()}`,
        );
      }
      await sleep(wait);
    }
  }
}
