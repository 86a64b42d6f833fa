// The master side of one PTY, received from keeper: reads until EIO, so that the tail of output is never
// lost, and writes without blocking. Knows no ring, no queue and no session.
import { readSync, writeSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import { readHeldInput, type HeldInput } from '../kernel/terminal-input.ts';
import { interruptForeground } from '../kernel/terminal-signal.ts';
import { getTerminalSize, setTerminalSize } from '../kernel/terminal-size.ts';
import { terminalSizeSchema, type TerminalSize } from '../protocol/ids.ts';

/** What one read brings, for all terminals: a read and its event are one turn, so nobody else writes here
 * meanwhile. A buffer per read, as Node does it by itself, is a fifth of link's time in a flood. */
const readBuffer = Buffer.allocUnsafeSlow(64 * 1024);

/** Where the kernel has none that a page could have: of a terminal whose lab set it so (stty(1)). */
const DEFAULT_SIZE: TerminalSize = { cols: 80, rows: 24 };

/** The size of a terminal that lived before. One that no page may have is changed. Throws SyscallError. */
export function adoptSize(master: number): TerminalSize {
  const size = terminalSizeSchema.safeParse(getTerminalSize(master));
  if (size.success) return size.data;
  setTerminalSize(master, DEFAULT_SIZE);
  return DEFAULT_SIZE;
}

export type MasterEvents = {
  /** `chunk` is valid until the call returns. */
  output(chunk: Uint8Array): void;
  /** No process has the terminal open any more and everything it wrote was read (EIO, pty(7)). */
  ended(): void;
};

export class Master {
  readonly #fd: number;
  readonly #stream: ReadStream;
  #open = true;

  /** Takes over `fd`. The stream sets it non-blocking. */
  constructor(fd: number, events: MasterEvents) {
    this.#fd = fd;
    this.#stream = new ReadStream(fd, {
      onread: {
        buffer: readBuffer,
        callback: (length) => {
          events.output(readBuffer.subarray(0, length));
          // The pace pauses by itself.
          return true;
        },
      },
    });
    this.#stream.resume();
    // EIO is how Linux says "end" on a master; whatever else ends the reading ends the terminal too.
    // Its descriptor is closed by then, and the number may be somebody else's before 'close' is told.
    this.#stream.on('error', () => (this.#open = false));
    this.#stream.on('end', () => {
      this.#drain(events);
      this.#open = false;
    });
    this.#stream.on('close', () => {
      this.#open = false;
      events.ended();
    });
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    if (this.#open) this.#stream.resume();
  }

  /** Writes what the terminal takes now, and returns how many bytes that were; 0 when it is full. */
  write(bytes: Uint8Array): number {
    // Nobody will read what is typed into an ended terminal: taken, and gone, as on a real one.
    if (!this.#open) return bytes.length;
    try {
      return writeSync(this.#fd, bytes);
    } catch (error) {
      if (isFull(error)) return 0;
      return bytes.length;
    }
  }

  /** Throws SyscallError. */
  resize(size: TerminalSize): void {
    if (this.#open) setTerminalSize(this.#fd, size);
  }

  /** SIGINT to what runs in the terminal; false when ^C does not mean that there. */
  interrupt(): boolean {
    return this.#open && interruptForeground(this.#fd);
  }

  /** What the kernel holds of what was typed; undefined once the terminal has ended. */
  heldInput(): HeldInput | undefined {
    return this.#open ? readHeldInput(this.#fd) : undefined;
  }

  /**
   * Reads what the kernel still holds. Up to version 1.52 libuv takes a hang-up for the end of the stream while
   * there may be more to read (its issue 4992 and request 5165); only EIO is the end.
   */
  #drain(events: MasterEvents): void {
    for (let length = this.#readNow(); length > 0; length = this.#readNow()) {
      events.output(readBuffer.subarray(0, length));
    }
  }

  /** Bytes read into the buffer; 0 at the end, and when there is nothing now. */
  #readNow(): number {
    if (!this.#open) return 0;
    try {
      return readSync(this.#fd, readBuffer);
    } catch {
      return 0;
    }
  }

  close(): void {
    this.#open = false;
    this.#stream.destroy();
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN';
}
