// Pages that wait for one lab to be made: they share one request, one place in the waiting line and one
// outcome. Knows no keeper.
import type { Grant } from '../protocol/grant.ts';
import type { Lab } from './lab.ts';
import type { Place, Waiter } from './waiting-line.ts';

export type Entry = { lab: Lab; created: boolean };

/** One page that wants in. Exactly one of admitted and refused is called, unless it leaves before. */
export type Guest = {
  queued(place: Place): void;
  admitted(entry: Entry): void;
  refused(cause: unknown): void;
};

export class Arrival implements Waiter {
  readonly grant: Grant;
  readonly #guests = new Set<Guest>();
  #place: Place | undefined;

  constructor(grant: Grant) {
    this.grant = grant;
  }

  get lab(): string {
    return this.grant.lab;
  }

  get isDeserted(): boolean {
    return this.#guests.size === 0;
  }

  add(guest: Guest): void {
    this.#guests.add(guest);
    if (this.#place !== undefined) guest.queued(this.#place);
  }

  remove(guest: Guest): void {
    this.#guests.delete(guest);
  }

  told(place: Place): void {
    this.#place = place;
    for (const guest of this.#guests) guest.queued(place);
  }

  /** `created` is true for the first page only. */
  admit(lab: Lab, created: boolean): void {
    let isFirst = true;
    for (const guest of this.#guests) {
      guest.admitted({ lab, created: created && isFirst });
      isFirst = false;
    }
    this.#guests.clear();
  }

  refuse(cause: unknown): void {
    for (const guest of this.#guests) guest.refused(cause);
    this.#guests.clear();
  }
}
