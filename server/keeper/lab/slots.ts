// Slots: one exclusive range of 65,536 host user ids per lab, above every range in use. Knows no lab. [L2]
import { existsSync, readFileSync } from 'node:fs';
import { IDS_PER_SLOT } from '../spawner/prepare-slot.ts';

/** First id after systemd's container range (UIDS-GIDS.md); two thousand million ids are left above it. */
const LOWEST_BASE = 0x7000_0000;
/** Ids above 2^31 - 1 confuse programs that keep them as a signed int. */
const SLOTS = 4096;

export type Slot = {
  number: number;
  /** Host id of the lab's root. */
  base: number;
};

export class SlotTable {
  readonly #lowest: number;
  readonly #used = new Set<number>();

  readonly #outer = new Map<number, Promise<number>>();
  readonly #prepare: (slot: Slot) => Promise<number>;

  /** `prepare` makes the outer user namespace of a slot and tells its descriptor. */
  constructor(prepare: (slot: Slot) => Promise<number>, lowest: number = lowestFreeBase()) {
    this.#prepare = prepare;
    this.#lowest = lowest;
  }

  /** The slot's outer user namespace, made once and kept: what it counts goes with the labs. */
  outerNamespace(slot: Slot): Promise<number> {
    const outer = this.#outer.get(slot.number) ?? this.#prepare(slot);
    this.#outer.set(slot.number, outer);
    outer.catch(() => this.#outer.delete(slot.number));
    return outer;
  }

  /**
   * The lowest free slot that `reserve` gets for this machine. Throws when all are taken; admission keeps
   * far below.
   */
  take(reserve: (number: number) => boolean): Slot {
    for (let number = 0; number < SLOTS; number += 1) {
      if (!this.#used.has(number) && reserve(number)) return this.claim(number);
    }
    throw new Error(`all ${SLOTS} user id ranges are taken`);
  }

  /** A certain slot, as the journal names it. */
  claim(number: number): Slot {
    this.#used.add(number);
    return { number, base: this.#lowest + number * IDS_PER_SLOT };
  }

  release(slot: Slot): void {
    this.#used.delete(slot.number);
  }
}

/** The lowest base above every range that the lab host's own tables name (subuid(5), passwd(5)). */
export function lowestFreeBase(read: (path: string) => string = readIfThere): number {
  let highest = LOWEST_BASE;
  for (const path of ['/etc/subuid', '/etc/subgid']) {
    for (const line of read(path).split('\n')) {
      const [, start, count] = line.split(':');
      if (count !== undefined) highest = Math.max(highest, Number(start) + Number(count));
    }
  }
  for (const line of read('/etc/passwd').split('\n')) {
    const id = Number(line.split(':')[2] ?? 0);
    // nobody of some systems is 2^32 - 2.
    if (id < 0xffff_0000) highest = Math.max(highest, id + 1);
  }
  return Math.ceil(highest / IDS_PER_SLOT) * IDS_PER_SLOT;
}

function readIfThere(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
