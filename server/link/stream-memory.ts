// What link keeps of one terminal beyond its own life, in a file that is mapped: the ring of its output, and how
// far each client's input was written. Nothing is written by a call, so that a kill -9 loses nothing that was
// stored, and a key costs no system call. Knows no terminal and no path's meaning.
import { closeSync, fstatSync, openSync, writeSync } from 'node:fs';
import { mapFile, type SharedFile } from '../kernel/shared-file.ts';
import { RING_BYTES } from '../protocol/flow-control.ts';
import { CLIENTS_PER_TERMINAL } from './limits.ts';
import { field, FIRST_MARK, FIRST_RING_BYTES, HEAD_BYTES, MAGIC } from './stream-layout.ts';

/** At the end of the head: a slot for each client. */
const SLOT_BYTES = 64;
const NAME_BYTES = 48;
const FIRST_SLOT = HEAD_BYTES - CLIENTS_PER_TERMINAL * SLOT_BYTES;

/** How far a client's input has come: `begun` is stored before a write and `written` after it. */
export type InputMark = { client: string; written: number; begun: number };

/** Output before `offset` is in the first `bytes` of a recording's file. */
export type RecordingMark = { offset: number; bytes: number };

export class StreamMemory {
  readonly #file: SharedFile;
  readonly #fd: number;
  readonly #numbers: Float64Array;
  /** Whether link was killed while it had this: the chunk it was moving then may be missing. */
  readonly wasTorn: boolean;

  private constructor(fd: number, file: SharedFile, wasTorn: boolean) {
    this.#fd = fd;
    this.#file = file;
    this.#numbers = new Float64Array(file.bytes.buffer, file.bytes.byteOffset, HEAD_BYTES / 8);
    this.wasTorn = wasTorn;
    this.#set('letGo', 0);
  }

  /** A new one at `path`, whose stream begins at `start`. Throws when there is no room for a first ring. */
  static create(path: string, start: number): StreamMemory {
    const fd = openSync(path, 'w+', 0o600);
    const memory = openWith(fd, () => {
      const length = HEAD_BYTES + FIRST_RING_BYTES;
      writeZeros(fd, 0, length);
      return new StreamMemory(fd, mapFile(fd, HEAD_BYTES + RING_BYTES), false);
    });
    memory.#set('capacity', FIRST_RING_BYTES);
    memory.#set('start', start);
    memory.#set('end', start);
    memory.#set('magic', MAGIC);
    return memory;
  }

  /** The one that an earlier link left at `path`. Throws when there is none that can be read. */
  static recover(path: string): StreamMemory {
    const fd = openSync(path, 'r+');
    return openWith(fd, () => {
      const { size } = fstatSync(fd);
      if (size < HEAD_BYTES) throw new Error(`${path} is too short`);
      const file = mapFile(fd, HEAD_BYTES + RING_BYTES);
      const [magic, start = 0, end = 0, capacity = 0, letGo] = new Float64Array(
        file.bytes.buffer,
        file.bytes.byteOffset,
        5,
      );
      const isWhole = Number.isSafeInteger(start) && Number.isSafeInteger(end) && start <= end;
      if (magic === MAGIC && isWhole && capacity <= size - HEAD_BYTES) {
        return new StreamMemory(fd, file, letGo !== 1);
      }
      file.unmap();
      throw new Error(`${path} has another layout`);
    });
  }

  get start(): number {
    return this.#get('start');
  }

  get end(): number {
    return this.#get('end');
  }

  /** Bytes of the ring so far. */
  get capacity(): number {
    return this.#get('capacity');
  }

  /** The ring's bytes. */
  get bytes(): Buffer {
    return this.#file.bytes.subarray(HEAD_BYTES, HEAD_BYTES + this.capacity);
  }

  /** Makes room for a ring of `capacity` bytes, at most RING_BYTES. Throws when the disk is full. */
  grow(capacity: number): Buffer {
    writeZeros(this.#fd, HEAD_BYTES + this.capacity, capacity - this.capacity);
    this.#set('capacity', capacity);
    return this.bytes;
  }

  noteEnd(end: number): void {
    this.#numbers[field.end] = end;
  }

  /** Input is about to be written to the terminal, up to `offset` of this slot's client. */
  noteBegun(slot: number, offset: number): void {
    this.#numbers[numberOf(slot)] = offset;
  }

  noteWritten(slot: number, offset: number): void {
    this.#numbers[numberOf(slot) + 1] = offset;
    this.#numbers[numberOf(slot)] = offset;
  }

  /** How far a recording has come; undefined while none goes on. One store decides: a kill leaves this mark or the one
   * before. */
  noteRecorded(mark: RecordingMark | undefined): void {
    const next = this.#get('recorded') === 1 ? 2 : 1;
    if (mark !== undefined) {
      this.#numbers[markOf(next)] = mark.offset;
      this.#numbers[markOf(next) + 1] = mark.bytes;
    }
    this.#set('recorded', mark === undefined ? 0 : next);
  }

  get recorded(): RecordingMark | undefined {
    const which = this.#get('recorded');
    if (which !== 1 && which !== 2) return undefined;
    const [offset = 0, bytes = 0] = this.#numbers.subarray(markOf(which), markOf(which) + 2);
    return { offset, bytes };
  }

  /** Gives a slot to a client whose input begins. */
  nameSlot(slot: number, client: string): void {
    const at = FIRST_SLOT + slot * SLOT_BYTES;
    this.#file.bytes.fill(0, at, at + SLOT_BYTES);
    this.#file.bytes.write(client, at, NAME_BYTES, 'latin1');
  }

  /** The client of each slot that has one. */
  marks(): Map<number, InputMark> {
    const marks = new Map<number, InputMark>();
    for (let slot = 0; slot < CLIENTS_PER_TERMINAL; slot += 1) {
      const at = FIRST_SLOT + slot * SLOT_BYTES;
      const name = this.#file.bytes.toString('latin1', at, at + NAME_BYTES);
      const client = name.slice(0, name.indexOf('\0'));
      if (client === '') continue;
      const begun = this.#numbers[numberOf(slot)] ?? 0;
      const written = this.#numbers[numberOf(slot) + 1] ?? 0;
      marks.set(slot, { client, written, begun });
    }
    return marks;
  }

  /** Nothing is moving: whoever recovers it misses nothing. Nobody may use this object any more. */
  close(): void {
    this.#set('letGo', 1);
    this.#file.unmap();
    closeSync(this.#fd);
  }

  #get(name: keyof typeof field): number {
    return this.#numbers[field[name]] ?? 0;
  }

  #set(name: keyof typeof field, value: number): void {
    this.#numbers[field[name]] = value;
  }
}

/** Index of a slot's `begun`; `written` follows it. */
function numberOf(slot: number): number {
  return (FIRST_SLOT + slot * SLOT_BYTES + NAME_BYTES) / 8;
}

/** Index of a recording's mark: its offset; the bytes follow. */
function markOf(which: 1 | 2): number {
  return FIRST_MARK + (which - 1) * 2;
}

/** Written, not only made longer: a page without a block behind it would be SIGBUS on a full disk. */
function writeZeros(fd: number, from: number, length: number): void {
  const zeros = Buffer.alloc(length);
  // A disk that is nearly full takes some of it, and says so the next time.
  for (let at = 0; at < length;) at += writeSync(fd, zeros, at, length - at, from + at);
}

function openWith(fd: number, work: () => StreamMemory): StreamMemory {
  try {
    return work();
  } catch (cause) {
    closeSync(fd);
    throw cause;
  }
}
