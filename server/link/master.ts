// The master side of one PTY, received from keeper: reads until EIO, so that the tail of output is never
// lost, and writes without blocking. Knows no ring, no queue and no session.
import { writeSync } from 'node:fs';
import { ReadStream } from 'node:tty';

export type MasterEvents = {
  output(chunk: Buffer): void;
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
    this.#stream = new ReadStream(fd);
    this.#stream.on('data', (chunk: Buffer) => events.output(chunk));
    // EIO is how Linux says "end" on a master; whatever else ends the reading ends the terminal too.
    this.#stream.on('error', () => undefined);
    this.#stream.on('close', () => {
      this.#open = false;
      events.ended();
    });
  }

  /** For giving a copy away; this object goes on using it. Undefined once the terminal has ended. */
  get descriptor(): number | undefined {
    return this.#open ? this.#fd : undefined;
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

  close(): void {
    this.#open = false;
    this.#stream.destroy();
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN';
}
