// What was typed into one terminal and not yet taken by it: a bounded queue, in order, each byte once. A ^C
// typed while a paste waits goes ahead of it. Knows no socket; the writer is passed in.
import { INPUT_QUEUE_BYTES, TURN_BYTES } from '../protocol/flow-control.ts';
import { InputCounts, type Count } from './input-counts.ts';
import {
  INPUT_ACK_EVERY_BYTES,
  INPUT_ACK_EVERY_MS,
  WRITE_RETRY_MAX_MS,
  WRITE_RETRY_MS,
} from './limits.ts';
import { TypedLines } from './typed-lines.ts';

const INTERRUPT = 0x03;

export type InputOutcome = 'taken' | 'repeated' | 'gap' | 'full';

type Piece = { client: string; count: Count; data: Uint8Array; ahead: boolean };

export type InputOptions = {
  /** Writes what the terminal takes now and returns how many bytes that were. */
  write(bytes: Uint8Array): number;
  /** Lets a ^C act past what the kernel holds for a stalled reader; false when it must be written. */
  interrupt?(): boolean;
  /** Whether a ^C would wait in the kernel for a program to read; `longestLine` of what was typed lately. */
  isFull?(longestLine: number): boolean;
  /** Bytes of these clients have been written since it was told last: not at once, but INPUT_ACK_EVERY_MS later, or
   * after INPUT_ACK_EVERY_BYTES. */
  written(clients: ReadonlySet<string>): void;
  /** Default: new ones, as of a terminal that nobody has typed into. */
  counts?: InputCounts;
};

export class Input {
  readonly #options: InputOptions;
  readonly #counts: InputCounts;
  readonly #lines = new TypedLines();
  #queue: Piece[] = [];
  /** Those of the queue that go ahead and could not be written yet. */
  #urgent: Piece[] = [];
  #queuedBytes = 0;
  /** Clients that `written` is to be told of. */
  #untold = new Set<string>();
  #untoldBytes = 0;
  #telling: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;
  #turn: NodeJS.Immediate | undefined;
  #pauseMs = WRITE_RETRY_MS;
  #closed = false;

  constructor(options: InputOptions) {
    this.#options = options;
    this.#counts = options.counts ?? new InputCounts();
  }

  /** Input bytes of `client` that were taken, and those of them that were written. */
  count(client: string): { taken: number; written: number } {
    const { taken = 0, written = 0 } = this.#counts.find(client) ?? {};
    return { taken, written };
  }

  /** Where the input of `client` begins that a killed link may have written or not; undefined without any. */
  uncertainFrom(client: string): number | undefined {
    return this.#counts.find(client)?.uncertainFrom;
  }

  /**
   * Takes input of `client` that starts at `offset` of its input to this terminal. Bytes that were taken
   * before are dropped, so that a page can send again what it is not sure of.
   */
  take(client: string, offset: number, data: Uint8Array): InputOutcome {
    if (this.#closed) return 'repeated';
    const count = this.#counts.of(client, () => this.#waiting());
    if (offset > count.taken) return 'gap';
    const fresh = offset === count.taken ? data : data.subarray(count.taken - offset);
    if (fresh.length === 0) return 'repeated';
    if (this.#queuedBytes + fresh.length > INPUT_QUEUE_BYTES) return 'full';
    count.taken += fresh.length;
    const isFirst = this.#queue.length === 0;
    const ahead = isFirst && isInterrupt(fresh) && this.#interruptFull();
    const piece = { client, count, data: fresh, ahead };
    const wrote = isFirst ? this.#write(piece) : 0;
    if (wrote < fresh.length) this.#enqueue({ ...piece, data: fresh.subarray(wrote) });
    return 'taken';
  }

  close(): void {
    this.#closed = true;
    this.#queue = [];
    this.#urgent = [];
    clearTimeout(this.#telling);
    clearTimeout(this.#retry);
    clearImmediate(this.#turn);
  }

  #waiting(): ReadonlySet<string> {
    return new Set(this.#queue.map((piece) => piece.client));
  }

  /** Writes as much of a piece as the terminal takes, and counts it. */
  #write({ client, count, data, ahead }: Piece): number {
    if (!ahead) this.#counts.begin(count, count.written + data.length);
    const wrote = ahead ? data.length : this.#options.write(data);
    if (!ahead) this.#lines.note(data.subarray(0, wrote));
    this.#counts.wrote(count, wrote);
    if (wrote > 0) this.#noteWritten(client, wrote);
    return wrote;
  }

  #enqueue(piece: Piece): void {
    const { data } = piece;
    this.#queuedBytes += data.length;
    if (this.#queue.push(piece) === 1) this.#tryAgain();
    else if (isInterrupt(data)) {
      this.#urgent.push(piece);
      if (this.#urgent.length === 1) this.#writeUrgent();
    }
  }

  /** True when what runs has been interrupted past a kernel that has no room. */
  #interruptFull(): boolean {
    const isFull = this.#options.isFull?.(this.#lines.longest) === true;
    return isFull && this.#options.interrupt?.() === true;
  }

  /** Told later than the echo, which is what the person waits for. */
  #noteWritten(client: string, bytes: number): void {
    this.#untold.add(client);
    this.#untoldBytes += bytes;
    if (this.#untoldBytes >= INPUT_ACK_EVERY_BYTES) this.#tell();
    else this.#telling ??= setTimeout(() => this.#tell(), INPUT_ACK_EVERY_MS);
  }

  #tell(): void {
    clearTimeout(this.#telling);
    this.#telling = undefined;
    const clients = this.#untold;
    this.#untold = new Set();
    this.#untoldBytes = 0;
    this.#options.written(clients);
  }

  /** Written now, and counted when their turn in the queue comes: acknowledgements stay in order. */
  #writeUrgent(): void {
    for (let piece = this.#urgent[0]; piece !== undefined; piece = this.#urgent[0]) {
      piece.ahead = this.#options.interrupt?.() === true || this.#options.write(piece.data) === 1;
      // What is refused now is refused to those behind it too.
      if (!piece.ahead) return;
      this.#urgent.shift();
    }
  }

  #pump(): void {
    this.#writeUrgent();
    let hasMoved = false;
    let budget = this.#urgent.length === 0 ? TURN_BYTES : 0;
    for (let piece = this.#queue[0]; piece !== undefined && budget > 0; piece = this.#queue[0]) {
      const wrote = this.#write(piece);
      if (wrote === 0) break;
      budget -= wrote;
      hasMoved = true;
      this.#advance(piece, wrote);
    }
    if (this.#queue.length === 0) return;
    if (budget <= 0 && this.#urgent.length === 0) this.#turn = setImmediate(() => this.#pump());
    else this.#tryAgain(hasMoved ? WRITE_RETRY_MS : this.#pauseMs * 2);
  }

  /** Polled, because epoll calls a full PTY master writable. The pause grows while the reader is stalled. */
  #tryAgain(pauseMs = WRITE_RETRY_MS): void {
    this.#pauseMs = Math.min(pauseMs, WRITE_RETRY_MAX_MS);
    this.#retry = setTimeout(() => this.#pump(), this.#pauseMs);
  }

  #advance(piece: Piece, wrote: number): void {
    this.#queuedBytes -= wrote;
    if (wrote === piece.data.length) this.#queue.shift();
    else piece.data = piece.data.subarray(wrote);
  }
}

function isInterrupt(data: Uint8Array): boolean {
  return data.length === 1 && data[0] === INTERRUPT;
}
