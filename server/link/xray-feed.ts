// Shows one page what its lab looks like, while it wants to see it: the whole first, then what has changed
// since what was last sent. Knows no socket and no lab.
import { SOCKET_HIGH_MARK_BYTES } from '../protocol/flow-control.ts';
import type { Snapshot } from '../protocol/snapshot.ts';
import { diffViews, type XrayMessage, type XrayView } from '../protocol/xray.ts';
import { viewOf } from './xray-view.ts';

export type XrayFeedOptions = {
  send(message: XrayMessage): void;
  /** Bytes handed to the page's socket that the kernel has not taken. */
  bufferedBytes(): number;
  /** A look that begins now. */
  refresh(): Promise<Snapshot | undefined>;
};

export class XrayFeed {
  readonly #options: XrayFeedOptions;
  #isOn = false;
  #wantsNetworks = false;
  /** Whether what was sent has the networks in it. */
  #hasNetworks = false;
  #sent: XrayView | undefined;

  constructor(options: XrayFeedOptions) {
    this.#options = options;
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  get wantsNetworks(): boolean {
    return this.#wantsNetworks || !this.#hasNetworks;
  }

  /** The page wants to see, or no longer, and `networks` at each look; what a page that begins is sent is the whole. */
  turn(on: boolean, networks: boolean): void {
    if (!on || !this.#isOn) {
      this.#sent = undefined;
      this.#hasNetworks = false;
    }
    this.#isOn = on;
    this.#wantsNetworks = networks;
    if (on) void this.#begin();
  }

  show(snapshot: Snapshot): void {
    // A page that cannot keep up misses looks, not changes: the next difference is from what it has.
    if (!this.#isOn || this.#options.bufferedBytes() > SOCKET_HIGH_MARK_BYTES) return;
    const { networks } = snapshot;
    this.#hasNetworks ||= networks !== null;
    // What was not looked at, or what the kernel did not say in time, stays as it was.
    const view = viewOf(snapshot, networks ?? this.#sent?.networks);
    const message = diffViews(this.#sent, view);
    if (message === undefined) return;
    this.#sent = view;
    this.#options.send(message);
  }

  async #begin(): Promise<void> {
    const snapshot = await this.#options.refresh();
    if (snapshot !== undefined && this.#sent === undefined) this.show(snapshot);
  }
}
