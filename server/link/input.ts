// What was typed into one terminal and not yet taken by it: a bounded queue, in order, each byte once. A ^C
// typed while a paste waits goes ahead of it. Knows no socket; the writer is passed in.
import type { HeldInput } from '../kernel/terminal-input.ts';
import { TURN_BYTES } from '../protocol/flow-control.ts';
import { InputCounts, type Count } from './input-counts.ts';
import { InputQueue, type Shares } from './input-queue.ts';
import {
  INPUT_ACK_EVERY_BYTES,
  INPUT_ACK_EVERY_MS,
  INPUT_SETTLED_MS,
  WRITE_RETRY_MAX_MS,
  WRITE_RETRY_MS,
} from './limits.ts';
import { TypedLines } from './typed-lines.ts';

const INTERRUPT = 0x03;
const interrupts = Buffer.alloc(TURN_BYTES, INTERRUPT);

export type InputOutcome = 'taken' | 'repeated' | 'gap' | 'full';

export type InputOptions = {
  /** Writes what the terminal takes now and returns how many bytes that were. */
  write(bytes: Uint8Array): number;
  /** Lets a ^C act past what the kernel holds for a stalled reader; false when it must be written. */
  interrupt?(): boolean;
  /** What the kernel holds of what was typed; undefined when that is not known. */
  held?(): HeldInput | undefined;
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
  readonly #queue = new InputQueue();
  /** Clients that `written` is to be told of. */
  #untold = new Set<string>();
  #untoldBytes = 0;
  #telling: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;
  #turn: NodeJS.Immediate | undefined;
  #pauseMs = WRITE_RETRY_MS;
  #closed = false;
  /** performance.now() when something was last written. */
  #wroteAt = -Infinity;

  constructor(options: InputOptions) {
    this.#options = options;
    this.#counts = options.counts ?? new InputCounts();
  }

  /** Input bytes of `client` that were taken, and those of them that were written. */
  count(client: string): { taken: number; written: number } {
    const { taken = 0, written = 0 } = this.#counts.find(client) ?? {};
    return { taken, written };
  }

  /** Where the input of `client` begins that a link before may have written or not; undefined without any, and once
   * the client has gone on after that. */
  uncertainFrom(client: string): number | undefined {
    return this.#counts.uncertainFrom(client);
  }

  /**
   * Takes input of `client` that starts at `offset` of its input to this terminal. Bytes that were taken
   * before are dropped, so that a page can send again what it is not sure of.
   */
  take(client: string, offset: number, data: Uint8Array): InputOutcome {
    if (this.#closed) return 'repeated';
    const count = this.#counts.of(client);
    if (offset > count.taken) return 'gap';
    const fresh = offset === count.taken ? data : data.subarray(count.taken - offset);
    if (fresh.length === 0) return 'repeated';
    const { length } = fresh;
    const isInterrupts = data.length === 1 && data[0] === INTERRUPT;
    if (!this.#queue.mayAdd({ count, length, isInterrupts })) return 'full';
    count.taken += length;
    // Who goes on where it was told to has been told that too: of what follows nothing is uncertain.
    count.uncertainFrom = undefined;
    const isEmpty = this.#queue.length === 0;
    const held = isEmpty ? this.#askHeld(length, isInterrupts) : undefined;
    if (isInterrupts && this.#interruptFull(held)) {
      this.#noteWritten(count, 1);
      return 'taken';
    }
    const wrote = isEmpty ? this.#write(fresh, (bytes) => new Map([[count, bytes]])) : 0;
    if (wrote === length) return 'taken';
    if (isInterrupts) this.#enqueueInterrupt(count);
    else this.#queue.add(count, fresh.subarray(wrote));
    if (isEmpty) this.#tryAgain();
    return 'taken';
  }

  close(): void {
    this.#closed = true;
    this.#queue.clear();
    clearTimeout(this.#telling);
    clearTimeout(this.#retry);
    clearImmediate(this.#turn);
  }

  /** Writes as much of the bytes as the terminal takes, and counts it for those whose the first so many are. */
  #write(bytes: Uint8Array, sharesOf: (length: number) => Shares): number {
    const begun = sharesOf(bytes.length);
    for (const [count, length] of begun) this.#counts.begin(count, count.written + length);
    const wrote = bytes.length === 0 ? 0 : this.#options.write(bytes);
    const written = wrote === bytes.length ? begun : sharesOf(wrote);
    if (wrote > 0) this.#wroteAt = performance.now();
    this.#lines.note(bytes.subarray(0, wrote));
    for (const count of begun.keys()) this.#noteWritten(count, written.get(count) ?? 0);
    return wrote;
  }

  #enqueueInterrupt(count: Count): void {
    this.#queue.addInterrupt(count);
    // What is refused to those before it is refused to it too.
    if (this.#queue.urgent === 1) this.#writeUrgent();
  }

  /** Before bytes are typed, and no more often than tells something: a few system calls. */
  #askHeld(bytes: number, isInterrupts: boolean): HeldInput | undefined {
    const isSettled = performance.now() - this.#wroteAt >= INPUT_SETTLED_MS;
    if (!this.#lines.isDue(bytes) || !(isInterrupts || isSettled)) return undefined;
    const held = this.#options.held?.();
    if (held !== undefined && isSettled) this.#lines.learn(held);
    return held;
  }

  /** True when what runs has been interrupted past a kernel that has no room. */
  #interruptFull(held: HeldInput | undefined): boolean {
    const isFull = held !== undefined && this.#lines.isFull(held);
    return isFull && this.#options.interrupt?.() === true;
  }

  /** Told later than the echo, which is what the person waits for. */
  #noteWritten(count: Count, bytes: number): void {
    this.#counts.wrote(count, bytes);
    if (bytes === 0) return;
    this.#untold.add(count.client);
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

  /**
   * Written now, and counted when their turn in the queue comes: acknowledgements stay in order. One signal does for
   * all: of one that is pending already a second is no more (signal(7)).
   */
  #writeUrgent(): void {
    const { urgent } = this.#queue;
    if (urgent === 0) return;
    const isSignalled = this.#options.interrupt?.() === true;
    const gone = isSignalled ? urgent : this.#options.write(interrupts.subarray(0, urgent));
    this.#queue.goAhead(gone);
  }

  #pump(): void {
    const { length, urgent } = this.#queue;
    this.#writeUrgent();
    let budget = this.#queue.urgent === 0 ? TURN_BYTES : 0;
    let wrote: number;
    do {
      // Even when nothing may be, or can be, written, a ^C that went ahead is counted once its turn has come.
      wrote = this.#write(this.#queue.first(budget), (bytes) => this.#queue.shares(bytes));
      this.#queue.drop(wrote);
      budget -= wrote;
    } while (wrote > 0);
    if (this.#queue.length === 0) return;
    const hasMoved = this.#queue.length < length || this.#queue.urgent < urgent;
    if (budget <= 0 && this.#queue.urgent === 0) this.#turn = setImmediate(() => this.#pump());
    else this.#tryAgain(hasMoved ? WRITE_RETRY_MS : this.#pauseMs * 2);
  }

  /** Polled, because epoll calls a full PTY master writable. The pause grows while the reader is stalled. */
  #tryAgain(pauseMs = WRITE_RETRY_MS): void {
    this.#pauseMs = Math.min(pauseMs, WRITE_RETRY_MAX_MS);
    this.#retry = setTimeout(() => this.#pump(), this.#pauseMs);
  }
}
