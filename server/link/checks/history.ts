// What has been seen of one lab over time: processes that were alive and have ended, and how.
// Knows no check; a snapshot alone cannot tell that something is no more.
import type { ObservedExit, ObservedProcess, Snapshot } from '../../protocol/snapshot.ts';
import { NamespaceLives, type Identities } from './namespace-lives.ts';

/** A chapter ends a few dozen processes that matter; a loop of short ones must not grow for ever. */
const ENDED_KEPT = 256;

export type EndedProcess = {
  /** As last observed alive, with its namespaces and root. */
  process: ObservedProcess;
  identities: Identities | undefined;
  /** Exit status, or null when a signal ended it or it is not known. */
  code: number | null;
  signal: number | null;
  /** Of signal 9, as the kernel told; null when it did not. */
  sender: ObservedExit['sender'];
};

type Alive = Pick<EndedProcess, 'process' | 'identities'>;

export class LabHistory {
  readonly #alive = new Map<string, Alive>();
  readonly #namespaces = new NamespaceLives();
  /** Of those at the last look, what passed among them. */
  #identities: ReadonlyMap<string, Identities> = new Map();
  #ended: EndedProcess[] = [];

  /** The last ENDED_KEPT processes that ended, oldest first. */
  get ended(): readonly EndedProcess[] {
    return this.#ended;
  }

  /** Undefined for one that is in the lab's own namespaces, was not there at the last look, or could not be read. */
  identify(process: ObservedProcess): Identities | undefined {
    return this.#identities.get(keyOf(process));
  }

  observe(snapshot: Snapshot): void {
    this.#identities = this.#identifyAll(snapshot);
    for (const process of snapshot.passed) this.#see(process);
    const exits = new Map(snapshot.exits.map((exit) => [keyOf(exit), exit]));
    const listed = new Set<string>();
    for (const process of snapshot.processes) {
      const key = keyOf(process);
      listed.add(key);
      // A zombie has lost its root and namespaces: what was known of it alive is worth more.
      if (isAlive(process)) this.#see(process);
    }
    for (const [key, seen] of this.#alive) {
      const exit = exits.get(key);
      // A cut list proves nothing about who is missing from it.
      const gone = !listed.has(key) && !snapshot.truncated;
      if (exit === undefined && !gone) continue;
      this.#alive.delete(key);
      this.#ended.push({ ...seen, ...howOf(exit) });
    }
    this.#completeFrom(exits);
    this.#ended = this.#ended.slice(-ENDED_KEPT);
  }

  #see(process: ObservedProcess): void {
    const key = keyOf(process);
    this.#alive.set(key, { process, identities: this.#identities.get(key) });
  }

  #identifyAll({ lab, processes, passed }: Snapshot): Map<string, Identities> {
    const found = this.#namespaces.identify(
      { own: lab.namespaces, processes: [...processes.filter(isAlive), ...passed] },
      (process) => this.#alive.get(keyOf(process))?.identities,
    );
    return new Map([...found].map(([process, identities]) => [keyOf(process), identities]));
  }

  /** The kernel's word may come one snapshot after the process was missed. */
  #completeFrom(exits: ReadonlyMap<string, ObservedExit>): void {
    if (exits.size === 0) return;
    this.#ended = this.#ended.map((ended) => {
      if (ended.code !== null || ended.signal !== null) return ended;
      const exit = exits.get(keyOf(ended.process));
      return exit === undefined ? ended : { ...ended, ...howOf(exit) };
    });
  }
}

function howOf(exit: ObservedExit | undefined): Pick<ObservedExit, 'code' | 'signal' | 'sender'> {
  const { code = null, signal = null, sender = null } = exit ?? {};
  return { code, signal, sender };
}

/** PIDs are used again; with the start time they are not. */
function keyOf(process: { pid: number; startTime: number }): string {
  return `${process.pid}:${process.startTime}`;
}

function isAlive(process: ObservedProcess): boolean {
  return process.namespaces !== null && process.state !== 'Z' && process.state !== 'X';
}
