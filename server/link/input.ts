// What was typed into one terminal and not yet taken by it: a bounded queue, in order, each byte once. A ^C
// typed while a paste waits goes ahead of it. Knows no socket; the writer is passed in.
import { INPUT_QUEUE_BYTES, TURN_BYTES } from '../protocol/flow-control.ts';
import { CLIENTS_PER_TERMINAL, WRITE_RETRY_MAX_MS, WRITE_RETRY_MS } from './limits.ts';

const INTERRUPT = 0x03;

export type InputOutcome = 'taken' | 'repeated' | 'gap' | 'full';

type Count = { taken: number; written: number };
type Piece = { client: string; data: Uint8Array; ahead: boolean };

export type InputOptions = {
  /** Writes what the terminal takes now and returns how many bytes that were. */
  write(bytes: Uint8Array): number;
  /** Bytes of these clients have been written. */
  written(clients: ReadonlySet<string>): void;
};

export class Input {
  readonly #options: InputOptions;
  readonly #counts = new Map<string, Count>();
  #queue: Piece[] = [];
  /** Those of the queue that go ahead and could not be written yet. */
  #urgent: Piece[] = [];
  #queuedBytes = 0;
  #retry: NodeJS.Timeout | undefined;
  #turn: NodeJS.Immediate | undefined;
  #pauseMs = WRITE_RETRY_MS;
  #closed = false;

  constructor(options: InputOptions) {
    this.#options = options;
  }

  /** Input bytes of `client` that were taken, and those of them that were written. */
  count(client: string): Readonly<Count> {
    return this.#counts.get(client) ?? { taken: 0, written: 0 };
  }

  /**
   * Takes input of `client` that starts at `offset` of its input to this terminal. Bytes that were taken
   * before are dropped, so that a page can send again what it is not sure of.
   */
  take(client: string, offset: number, data: Uint8Array): InputOutcome {
    if (this.#closed) return 'repeated';
    const count = this.#countOf(client);
    if (offset > count.taken) return 'gap';
    const fresh = data.subarray(count.taken - offset);
    if (fresh.length === 0) return 'repeated';
    if (this.#queuedBytes + fresh.length > INPUT_QUEUE_BYTES) return 'full';
    count.taken += fresh.length;
    this.#enqueue({ client, data: fresh, ahead: false });
    return 'taken';
  }

  close(): void {
    this.#closed = true;
    this.#queue = [];
    this.#urgent = [];
    clearTimeout(this.#retry);
    clearImmediate(this.#turn);
  }

  #countOf(client: string): Count {
    let count = this.#counts.get(client);
    if (count === undefined) {
      if (this.#counts.size >= CLIENTS_PER_TERMINAL) this.#forgetOldest();
      count = { taken: 0, written: 0 };
      this.#counts.set(client, count);
    }
    return count;
  }

  #forgetOldest(): void {
    const waiting = new Set(this.#queue.map((piece) => piece.client));
    for (const client of this.#counts.keys()) {
      if (waiting.has(client)) continue;
      this.#counts.delete(client);
      return;
    }
  }

  #enqueue(piece: Piece): void {
    const waits = this.#queue.length > 0;
    this.#queue.push(piece);
    this.#queuedBytes += piece.data.length;
    if (!waits) this.#pump();
    else if (piece.data.length === 1 && piece.data[0] === INTERRUPT) {
      this.#urgent.push(piece);
      this.#writeUrgent();
    }
  }

  /** Written now, and counted when their turn in the queue comes: acknowledgements stay in order. */
  #writeUrgent(): void {
    for (const piece of this.#urgent) piece.ahead ||= this.#options.write(piece.data) === 1;
    this.#urgent = this.#urgent.filter((piece) => !piece.ahead);
  }

  #pump(): void {
    const clients = new Set<string>();
    this.#writeUrgent();
    let budget = this.#urgent.length === 0 ? TURN_BYTES : 0;
    for (let piece = this.#queue[0]; piece !== undefined && budget > 0; piece = this.#queue[0]) {
      const wrote = piece.ahead ? piece.data.length : this.#options.write(piece.data);
      if (wrote === 0) break;
      budget -= wrote;
      this.#advance(piece, wrote);
      clients.add(piece.client);
    }
    if (clients.size > 0) this.#options.written(clients);
    if (this.#queue.length === 0 || this.#closed) return;
    if (budget <= 0 && this.#urgent.length === 0) {
      this.#turn = setImmediate(() => this.#pump());
      return;
    }
    // Polled, because epoll calls a full PTY master writable. The pause grows while the reader is stalled.
    this.#pauseMs =
      clients.size > 0 ? WRITE_RETRY_MS : Math.min(this.#pauseMs * 2, WRITE_RETRY_MAX_MS);
    this.#retry = setTimeout(() => this.#pump(), this.#pauseMs);
  }

  #advance(piece: Piece, wrote: number): void {
    this.#queuedBytes -= wrote;
    const count = this.#counts.get(piece.client);
    if (count !== undefined) count.written += wrote;
    if (wrote === piece.data.length) this.#queue.shift();
    else piece.data = piece.data.subarray(wrote);
  }
}
