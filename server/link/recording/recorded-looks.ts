// What the lab looks like beside what its terminal shows: the differences that a page is sent, as lines of the
// recording. Knows no file.
import type { Snapshot } from '../../protocol/snapshot.ts';
import { diffViews, type XrayView } from '../../protocol/xray.ts';
import { viewOf } from '../xray-view.ts';
import { lookLine } from './cast.ts';

/** Milliseconds: traffic that goes on for an hour would otherwise be most of a recording. */
const COUNTS_APART_MS = 5_000;
const counts = new Set(['received', 'sent', 'counted']);

export class RecordedLooks {
  #left: number;
  #written: XrayView | undefined;
  #countedAt = -Infinity;

  /** `limit`: most bytes of all its lines, so that looks never end what is recorded of the terminal. */
  constructor(limit: number) {
    this.#left = limit;
  }

  /**
   * Empty when nothing has changed, and once there is no room: a later difference would lack this one. `at` in
   * milliseconds since the begin.
   */
  line(at: number, snapshot: Snapshot): string {
    if (this.#left === 0) return '';
    // What nobody asked for, or the kernel did not say in time, stays as it was.
    const networks = snapshot.networks ?? this.#written?.networks ?? {};
    const seen = viewOf(snapshot, networks);
    const view = this.#haveOnlyCounted(at, seen)
      ? { ...seen, networks: this.#written?.networks ?? {} }
      : seen;
    const message = diffViews(this.#written, view);
    if (message === undefined) return '';
    const line = lookLine(at, message);
    const length = Buffer.byteLength(line);
    if (length > this.#left) {
      this.#left = 0;
      return '';
    }
    this.#left -= length;
    this.#written = view;
    if (Object.keys(message.networks.set).length > 0) this.#countedAt = at;
    return line;
  }

  /** Whether its networks differ from what was written in nothing but counts, and that a moment ago. */
  #haveOnlyCounted(at: number, { processes, networks }: XrayView): boolean {
    const before = this.#written;
    return (
      before !== undefined &&
      at - this.#countedAt < COUNTS_APART_MS &&
      // Who sent it has begun, or has ended: what they have counted by now is worth telling.
      haveSameKeys(before.processes, processes) &&
      withoutCounts(before.networks) === withoutCounts(networks)
    );
  }
}

function haveSameKeys(one: object, other: object): boolean {
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length && keys.every((key) => Object.hasOwn(other, key))
  );
}

function withoutCounts(networks: XrayView['networks']): string {
  return JSON.stringify(networks, (key, value: unknown) => (counts.has(key) ? undefined : value));
}
