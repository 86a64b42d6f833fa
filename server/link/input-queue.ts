// What waits to be typed into one terminal, in order: bytes joined into blocks, and beside them whose they are, so
// that many keys cost what one paste of their length does. Knows no terminal.
import { INPUT_QUEUE_BYTES, INPUT_TURNS, TURN_BYTES } from '../protocol/flow-control.ts';
import type { Count } from './input-counts.ts';

/** Neighbours of one client. Those of ^C are in no block: by their turn they have been written already. */
type Run = { readonly count: Count; length: number; readonly isInterrupts: boolean };

/** How many bytes of each client. */
export type Shares = ReadonlyMap<Count, number>;

export class InputQueue {
  #blocks: Buffer[] = [];
  /** Where the bytes of the first block begin, and those of the last one end. */
  #start = 0;
  #end = 0;
  #runs: Run[] = [];
  #length = 0;
  /** How many ^C there are, and how many of them, the last ones, are to go ahead and have not yet. */
  #interrupts = 0;
  #urgent = 0;

  /** Bytes that wait, with each ^C that has gone ahead and awaits its turn to be counted. */
  get length(): number {
    return this.#length;
  }

  /** How many ^C are to go ahead and have not yet. */
  get urgent(): number {
    return this.#urgent;
  }

  /** Whether all of it may wait too. */
  mayAdd(run: Readonly<Run>): boolean {
    if (this.#length + run.length > INPUT_QUEUE_BYTES) return false;
    return this.#runs.length < INPUT_TURNS || this.#lastLike(run) !== undefined;
  }

  /** Copies the bytes to the end. */
  add(count: Count, data: Uint8Array): void {
    this.#note({ count, length: data.length, isInterrupts: false });
    for (let at = 0; at < data.length;) {
      const block = this.#blockWithRoom();
      const part = data.subarray(at, at + block.length - this.#end);
      block.set(part, this.#end);
      this.#end += part.length;
      at += part.length;
    }
  }

  /** A ^C, which is urgent until it has gone ahead. */
  addInterrupt(count: Count): void {
    this.#note({ count, length: 1, isInterrupts: true });
    this.#interrupts += 1;
    this.#urgent += 1;
  }

  /** So many ^C have been written. */
  goAhead(interrupts: number): void {
    this.#urgent -= interrupts;
  }

  /** The bytes to be written first, at most `limit` and as many as lie together; none when all have been. */
  first(limit: number): Uint8Array {
    const [block] = this.#blocks;
    if (block === undefined) return new Uint8Array();
    const end = this.#blocks.length === 1 ? this.#end : block.length;
    return block.subarray(this.#start, Math.min(end, this.#start + limit));
  }

  /** Whose the first `bytes` are, with each ^C that went ahead of them or of what follows them. */
  shares(bytes: number): Shares {
    const shares = new Map<Count, number>();
    for (const [{ count }, length] of this.#parts(bytes)) {
      shares.set(count, (shares.get(count) ?? 0) + length);
    }
    return shares;
  }

  /** Takes away what `shares` says of. */
  drop(bytes: number): void {
    let done = 0;
    for (const [run, length] of this.#parts(bytes)) {
      run.length -= length;
      this.#length -= length;
      if (run.isInterrupts) this.#interrupts -= length;
      if (run.length === 0) done += 1;
    }
    this.#runs.splice(0, done);
    this.#start += bytes;
    if (this.#blocks.length === 1 && this.#start === this.#end) this.#blocks = [];
    else if (this.#start === this.#blocks[0]?.length) this.#blocks.shift();
    else return;
    this.#start = 0;
  }

  clear(): void {
    this.#blocks = [];
    this.#runs = [];
    this.#start = this.#end = this.#length = this.#interrupts = this.#urgent = 0;
  }

  #note(run: Run): void {
    const last = this.#lastLike(run);
    if (last === undefined) this.#runs.push(run);
    else last.length += run.length;
    this.#length += run.length;
  }

  /** The run at the end, when this one goes on with it. */
  #lastLike({ count, isInterrupts }: Readonly<Run>): Run | undefined {
    const last = this.#runs.at(-1);
    return last?.count === count && last.isInterrupts === isInterrupts ? last : undefined;
  }

  /** The runs that the first `bytes` reach into, with how far: only the last one may be left in part. */
  *#parts(bytes: number): Generator<[Run, number]> {
    let left = bytes;
    let ahead = this.#interrupts - this.#urgent;
    for (const run of this.#runs) {
      const length = Math.min(run.isInterrupts ? ahead : left, run.length);
      const isWhole = length === run.length;
      if (run.isInterrupts) ahead -= length;
      else left -= length;
      if (length > 0) yield [run, length];
      if (!isWhole) return;
    }
  }

  #blockWithRoom(): Buffer {
    const last = this.#blocks.at(-1);
    if (last !== undefined && this.#end < last.length) return last;
    const block = Buffer.allocUnsafeSlow(TURN_BYTES);
    this.#blocks.push(block);
    this.#end = 0;
    return block;
  }
}
