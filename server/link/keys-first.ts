// A key goes before a flood: while the echo of what was typed into one terminal of a lab is awaited, its other
// terminals are not read if they are in a flood, so that their programs, which wait in write(2) then, leave the
// processors to it; and between the keys of somebody who types, floods are read in steps. Knows no PTY. [P12]
import {
  FLOOD_CHUNK_BYTES,
  FLOOD_STEP_BYTES,
  FLOOD_STEP_MS,
  FLOOD_WITHIN_MS,
  KEY_REST_MS,
  KEY_WAIT_MS,
  TYPES_FOR_MS,
} from './limits.ts';
import type { Reading, SharedReading } from './reading.ts';

/** One terminal's part in it. */
export type Part = {
  /** Something was typed into it. */
  typed(): void;
  /** Bytes that have been read from it and passed on. */
  printed(bytes: number): void;
  /** It is read to its end from now on, whatever is typed elsewhere. */
  release(): void;
};

type Member = {
  /** Held for a key, and between two steps. */
  forKey: Reading;
  forStep: Reading;
  floodedAt: number;
  /** Bytes of this step, and the pause after it. */
  step: number;
  pause: NodeJS.Timeout | undefined;
};

export class KeysFirst {
  readonly #members = new Set<Member>();
  readonly #held = new Set<Member>();
  #awaited: Member | undefined;
  #patience: NodeJS.Timeout | undefined;
  /** performance.now() before which nothing is held again: keys that never rest stop no program. */
  #restsUntil = -Infinity;
  /** Who was typed into last, and performance.now() then. */
  #typist: Member | undefined;
  #typedAt = -Infinity;

  join(reading: SharedReading): Part {
    const member: Member = {
      forKey: reading.share(),
      forStep: reading.share(),
      floodedAt: -Infinity,
      step: 0,
      pause: undefined,
    };
    this.#members.add(member);
    return {
      typed: () => {
        if (this.#members.size === 1) return;
        this.#typist = member;
        this.#typedAt = performance.now();
        if (this.#awaited === undefined) this.#holdOthers(member);
      },
      printed: (bytes) => {
        if (bytes >= FLOOD_CHUNK_BYTES) this.#noteFlood(member, bytes);
        if (this.#awaited === member) this.#letGo();
      },
      release: () => {
        this.#members.delete(member);
        clearTimeout(member.pause);
        member.forStep.resume();
        if (this.#held.delete(member)) member.forKey.resume();
        if (this.#awaited === member) this.#letGo();
      },
    };
  }

  #noteFlood(member: Member, bytes: number): void {
    const now = performance.now();
    member.floodedAt = now;
    const isBesideKeys = this.#typist !== member && now - this.#typedAt < TYPES_FOR_MS;
    if (!isBesideKeys || !this.#members.has(member)) return;
    member.step += bytes;
    if (member.step < FLOOD_STEP_BYTES) return;
    member.step = 0;
    member.forStep.pause();
    member.pause = setTimeout(() => member.forStep.resume(), FLOOD_STEP_MS);
  }

  #holdOthers(typedInto: Member): void {
    const now = performance.now();
    if (now < this.#restsUntil) return;
    for (const member of this.#members) {
      const isFlooded = now - member.floodedAt < FLOOD_WITHIN_MS;
      if (member === typedInto || !isFlooded) continue;
      member.forKey.pause();
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
    for (const { forKey } of this.#held) forKey.resume();
    this.#held.clear();
  }
}
