// What the lab looks like beside what its terminal shows: the differences that a page is sent, as lines of the
// recording. Knows no file.
import type { Snapshot } from '../../protocol/snapshot.ts';
import { diffViews, type XrayView } from '../../protocol/xray.ts';
import { viewOf } from '../xray-view.ts';
import { lookLine } from './cast.ts';

export class RecordedLooks {
  #left: number;
  #written: XrayView | undefined;

  /** `limit`: most bytes of all its lines, so that looks never end what is recorded of the terminal. */
  constructor(limit: number) {
    this.#left = limit;
  }

  /** Empty when nothing has changed, and once there is no room: a later difference would lack this one. */
  line(at: number, snapshot: Snapshot): string {
    if (this.#left === 0) return '';
    const view = viewOf(snapshot);
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
    return line;
  }
}
