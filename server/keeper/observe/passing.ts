// Processes that live for a moment: each that starts a program in a lab whose step needs it is read a few
// milliseconds later, and told at the next look if it has ended by then. Knows no connector and no snapshot.
import { readAtMost } from '../../kernel/kernel-files.ts';
import { Places } from './places.ts';
import { readProcess, type ReadProcess } from './read-process.ts';

/** Milliseconds for which a lab is watched after a look that asked for it; looks come each second. */
const WATCHED_FOR_MS = 3000;
/** Processes kept for one lab until its next look. */
const KEPT = 128;
/** Read at a time: a loop that starts programs as fast as it can must not keep keeper from others. */
const READ_AT_ONCE = 32;
const CGROUPS_BYTES = 4096;

/** A lab that is watched. `slot` and `base` are its own on this machine. */
export type WatchedLab = {
  slot: number;
  base: number;
  /** Told of each process that is caught. */
  caught: (process: ReadProcess) => void;
};

type Watch = WatchedLab & { until: number; seen: Map<string, ReadProcess> };

export class Passing {
  readonly #slotOf: (cgroups: string) => number | undefined;
  readonly #watches = new Map<number, Watch>();

  /** `slotOf` gives the slot of a lab by the text of /proc/PID/cgroup. */
  constructor(slotOf: (cgroups: string) => number | undefined) {
    this.#slotOf = slotOf;
  }

  get isWatching(): boolean {
    const now = performance.now();
    return [...this.#watches.values()].some(({ until }) => until > now);
  }

  watch(lab: WatchedLab): void {
    const seen = this.#watches.get(lab.slot)?.seen ?? new Map<string, ReadProcess>();
    this.#watches.set(lab.slot, { ...lab, seen, until: performance.now() + WATCHED_FOR_MS });
  }

  /** PIDs, in the first PID namespace, of processes that have just started a program. */
  handleExecs(pids: readonly number[]): void {
    if (this.#watches.size === 0) return;
    for (const pid of new Set(pids.slice(-READ_AT_ONCE))) {
      const watch = this.#watches.get(this.#findSlot(pid) ?? -1);
      if (watch !== undefined) this.#catch(watch, pid);
    }
  }

  hasCaught(slot: number): boolean {
    return (this.#watches.get(slot)?.seen.size ?? 0) > 0;
  }

  /** What was seen in a lab since the last call and is not among `living`. */
  take(slot: number, living: readonly ReadProcess[]): ReadProcess[] {
    const watch = this.#watches.get(slot);
    if (watch === undefined) return [];
    if (watch.until < performance.now()) this.#watches.delete(slot);
    for (const process of living) watch.seen.delete(keyOf(process));
    const passed = [...watch.seen.values()];
    watch.seen.clear();
    return passed;
  }

  #findSlot(pid: number): number | undefined {
    try {
      return this.#slotOf(readAtMost(`/proc/${pid}/cgroup`, CGROUPS_BYTES).text);
    } catch {
      // It has ended already.
      return undefined;
    }
  }

  #catch(watch: Watch, pid: number): void {
    const reading = { base: watch.base, places: new Places() };
    const process = readProcess(pid, reading)?.process;
    if (process === undefined || process.namespaces === null || watch.seen.size >= KEPT) return;
    watch.seen.set(keyOf(process), process);
    watch.caught(process);
  }
}

function keyOf({ hostPid, startTime }: ReadProcess): string {
  return `${hostPid}:${startTime}`;
}
