// A key goes before a flood: while the echo of what was typed into one terminal of a lab is awaited, its other
// terminals are not read if they are in a flood, so that their programs, which wait in write(2) then, leave the
// processors to it. Knows no PTY. [P12]
import { FLOOD_CHUNK_BYTES, FLOOD_WITHIN_MS, KEY_REST_MS, KEY_WAIT_MS } from './limits.ts';
import type { Reading } from './reading.ts';

/** One terminal's part in it. */
export type Part = {
  /** Something was typed into it. */
  typed(): void;
  /** Bytes that have been read from it and passed on. */
  printed(bytes: number): void;
  /** It is read to its end from now on, whatever is typed elsewhere. */
  release(): void;
};

type Member = { reading: Reading; floodedAt: number };

export class KeysFirst {
  readonly #members = new Set<Member>();
  readonly #held = new Set<Member>();
  #awaited: Member | undefined;
  #patience: NodeJS.Timeout | undefined;
  /** performance.now() before which nothing is held again: keys that never rest stop no program. */
  #restsUntil = -Infinity;

  join(reading: Reading): Part {
    const member: Member = { reading, floodedAt: -Infinity };
    this.#members.add(member);
    return {
      typed: () => {
        if (this.#members.size > 1 && this.#awaited === undefined) this.#holdOthers(member);
      },
      printed: (bytes) => {
        if (bytes >= FLOOD_CHUNK_BYTES) member.floodedAt = performance.now();
        if (this.#awaited === member) this.#letGo();
      },
      release: () => {
        this.#members.delete(member);
        if (this.#held.delete(member)) reading.resume();
        if (this.#awaited === member) this.#letGo();
      },
    };
  }

  #holdOthers(typedInto: Member): void {
    const now = performance.now();
    if (now < this.#restsUntil) return;
    for (const member of this.#members) {
      const isFlooded = now - member.floodedAt < FLOOD_WITHIN_MS;
      if (member === typedInto || !isFlooded) continue;
      member.reading.pause();
      this.#held.add(member);
    }
    if (this.#held.size === 0) return;
    this.#awaited = typedInto;
    this.#patience = setTimeout(() => this.#letGo(), KEY_WAIT_MS);
  }

  #letGo(): void {
    clearTimeout(this.#patience);
    this.#awaited = undefined;
    this.#restsUntil = performance.now() + KEY_REST_MS;
    for (const { reading } of this.#held) reading.resume();
    this.#held.clear();
  }
}
