// Labs that found no free slot, in the order they came. Each is told how many are before it, at each change.
// Knows no session and no keeper.
import type { LabId } from '../protocol/ids.ts';
import type { Refusal } from '../protocol/keeper-verbs.ts';

export type Place = { before: number; reason: Refusal['reason'] };

export type Waiter = {
  readonly lab: LabId;
  /** The place changed (or is new). */
  told(place: Place): void;
};

type Entry = { waiter: Waiter; reason: Refusal['reason']; told: string };

export class WaitingLine {
  readonly #entries: Entry[] = [];

  get length(): number {
    return this.#entries.length;
  }

  /** Those who wait, first come first. */
  waiters(): readonly Waiter[] {
    return this.#entries.map((entry) => entry.waiter);
  }

  /** Whether a newcomer would overtake somebody who waits for the same thing: any slot, or disk. */
  holdsUpNewcomers(): boolean {
    return this.#entries.some((entry) => entry.reason !== 'address');
  }

  enter(waiter: Waiter, reason: Refusal['reason']): void {
    this.#entries.push({ waiter, reason, told: '' });
    this.#tell();
  }

  /** It was refused again, maybe for another reason. */
  refuse(waiter: Waiter, reason: Refusal['reason']): void {
    const entry = this.#entries.find((each) => each.waiter === waiter);
    if (entry !== undefined) entry.reason = reason;
    this.#tell();
  }

  leave(waiter: Waiter): void {
    const at = this.#entries.findIndex((entry) => entry.waiter === waiter);
    if (at < 0) return;
    this.#entries.splice(at, 1);
    this.#tell();
  }

  #tell(): void {
    for (const [before, entry] of this.#entries.entries()) {
      const place: Place = { before, reason: entry.reason };
      const told = `${before} ${entry.reason}`;
      if (told === entry.told) continue;
      entry.told = told;
      entry.waiter.told(place);
    }
  }
}
