// What link learned: stores each earned check and acknowledges it, and remembers how full the lab host
// is. Connects again by itself. Knows no HTTP and no database.
import { connect, type Socket } from 'node:net';
import { readJsonLines, writeJsonLine } from '../foundation/json-lines.ts';
import type { Log } from '../foundation/log.ts';
import {
  linkToWebSchema,
  type Earned,
  type LinkToWeb,
  type WebToLink,
} from '../protocol/peer-messages.ts';
import type { Store } from './store/store.ts';

/** link is back within a second of a crash, so waiting longer than that gains nothing. */
const RETRY_MS = { first: 50, longest: 1_000 };

/** What the next try waits after the store refused: link would only send the same again. */
const STORE_RETRY_MS = 5_000;

export type Occupancy = Omit<Extract<LinkToWeb, { type: 'occupancy' }>, 'type'>;

export type LinkFeedOptions = { path: string; store: Pick<Store, 'recordEarned'>; log: Log };

export class LinkFeed {
  readonly #options: LinkFeedOptions;
  #occupancy: Occupancy | undefined;
  #socket: Socket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #retryMs = RETRY_MS.first;
  #isClosed = false;
  /** Stores one after the other, so that an acknowledgement covers everything before it. */
  #storing: Promise<void> = Promise.resolve();

  constructor(options: LinkFeedOptions) {
    this.#options = options;
    this.#connect();
  }

  /** Undefined while link is away. */
  occupancy(): Occupancy | undefined {
    return this.#occupancy;
  }

  /** Waits for what is being stored; what comes later, link sends to the next web. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#socket?.destroy();
    await this.#storing;
  }

  #connect(): void {
    const socket = connect({ path: this.#options.path });
    this.#socket = socket;
    socket.on('connect', () => {
      this.#retryMs = RETRY_MS.first;
    });
    socket.on('error', (error) => {
      this.#options.log.debug({ error: error.message }, 'link is away');
    });
    socket.on('close', () => {
      this.#occupancy = undefined;
      if (this.#isClosed) return;
      this.#timer = setTimeout(() => this.#connect(), this.#retryMs);
      this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MS.longest);
    });
    readJsonLines(socket, (value) => this.#handle(socket, value));
  }

  #handle(socket: Socket, value: unknown): void {
    const message = linkToWebSchema.safeParse(value);
    if (!message.success) {
      this.#options.log.error({ error: message.error.message }, 'link sent what does not fit');
      socket.destroy();
      return;
    }
    switch (message.data.type) {
      case 'occupancy': {
        const { type: _, ...occupancy } = message.data;
        this.#occupancy = occupancy;
        return;
      }
      case 'earned': {
        const { earned } = message.data;
        this.#storing = this.#storing.then(() => this.#store(socket, earned));
        return;
      }
    }
  }

  async #store(socket: Socket, earned: Earned): Promise<void> {
    // After a failure the connection is gone and link sends everything again, in order, on the next one:
    // storing later ones now would acknowledge the one that failed.
    if (socket.destroyed) return;
    try {
      await this.#options.store.recordEarned(earned);
      const stored: WebToLink = { type: 'stored', sequence: earned.sequence };
      writeJsonLine(socket, stored);
    } catch (error) {
      this.#options.log.error({ err: error }, 'progress was not stored; link keeps it');
      this.#retryMs = STORE_RETRY_MS;
      socket.destroy();
    }
  }
}
