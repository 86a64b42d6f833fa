// What has been seen of one lab over time: processes that were alive and have ended, and how.
// Knows no check; a snapshot alone cannot tell that something is no more.
import type { ObservedExit, ObservedProcess, Snapshot } from '../../protocol/snapshot.ts';

/** A chapter ends a few dozen processes that matter; a loop of short ones must not grow for ever. */
const ENDED_KEPT = 256;

export type EndedProcess = {
  /** As last observed alive, with its namespaces and root. */
  process: ObservedProcess;
  /** Exit status, or null when a signal ended it or it is not known. */
  code: number | null;
  signal: number | null;
};

export class LabHistory {
  readonly #alive = new Map<string, ObservedProcess>();
  #ended: EndedProcess[] = [];

  /** The last ENDED_KEPT processes that ended, oldest first. */
  get ended(): readonly EndedProcess[] {
    return this.#ended;
  }

  observe(snapshot: Snapshot): void {
    for (const process of snapshot.passed) this.#alive.set(keyOf(process), process);
    const exits = new Map(snapshot.exits.map((exit) => [keyOf(exit), exit]));
    const listed = new Set<string>();
    for (const process of snapshot.processes) {
      const key = keyOf(process);
      listed.add(key);
      // A zombie has lost its root and namespaces: what was known of it alive is worth more.
      if (isAlive(process)) this.#alive.set(key, process);
    }
    for (const [key, process] of this.#alive) {
      const exit = exits.get(key);
      // A cut list proves nothing about who is missing from it.
      const gone = !listed.has(key) && !snapshot.truncated;
      if (exit === undefined && !gone) continue;
      this.#alive.delete(key);
      this.#ended.push({ process, code: exit?.code ?? null, signal: exit?.signal ?? null });
    }
    this.#completeFrom(exits);
    this.#ended = this.#ended.slice(-ENDED_KEPT);
  }

  /** The kernel's word may come one snapshot after the process was missed. */
  #completeFrom(exits: ReadonlyMap<string, ObservedExit>): void {
    if (exits.size === 0) return;
    this.#ended = this.#ended.map((ended) => {
      if (ended.code !== null || ended.signal !== null) return ended;
      const exit = exits.get(keyOf(ended.process));
      return exit === undefined ? ended : { ...ended, code: exit.code, signal: exit.signal };
    });
  }
}

/** PIDs are used again; with the start time they are not. */
function keyOf(process: { pid: number; startTime: number }): string {
  return `${process.pid}:${process.startTime}`;
}

function isAlive(process: ObservedProcess): boolean {
  return process.namespaces !== null && process.state !== 'Z' && process.state !== 'X';
}
