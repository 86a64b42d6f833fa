// How much of what was typed a program may not have read, and how long the longest line of it is: whether the kernel
// still looks at what is typed. Knows no terminal.
import { LINE_DISCIPLINE_BYTES, type HeldInput } from '../kernel/terminal-input.ts';

/** More than the kernel holds of what is typed: 4 KB in the line discipline, 8 KB before it (tty_buffer_set_limit of
 * drivers/tty/pty.c), in pieces that it rounds up. */
const WINDOW_BYTES = 32 * 1024;
/** Far below what the line discipline holds: what is typed between two questions does not fill it by itself. */
const ASK_FROM_BYTES = 1024;
const LINE_FEED = 0x0a;
/** What the key Enter types. */
const CARRIAGE_RETURN = 0x0d;

export class TypedLines {
  #line = 0;
  #longest = 0;
  #longestBefore = 0;
  #seen = 0;
  /** Bytes typed since a program is known to have read all: of a terminal that lived before nothing is known. */
  #unread = Infinity;

  /** Bytes of the longest line, its end not counted, among the last WINDOW_BYTES at least, and twice as many at most;
   * of what was typed since `learn` found that a program had read all, at most. */
  get longest(): number {
    return Math.max(this.#longest, this.#longestBefore);
  }

  note(typed: Uint8Array): void {
    for (const byte of typed) {
      if (byte === LINE_FEED || byte === CARRIAGE_RETURN) this.#line = 0;
      else this.#line += 1;
      if (this.#line > this.#longest) this.#longest = this.#line;
    }
    this.#unread += typed.length;
    this.#seen += typed.length;
    if (this.#seen < WINDOW_BYTES) return;
    this.#seen = 0;
    this.#longestBefore = this.#longest;
    this.#longest = this.#line;
  }

  /** Whether so much may be unread that the kernel is to be asked before so many bytes more are typed. */
  isDue(bytes: number): boolean {
    return this.#unread + bytes >= ASK_FROM_BYTES;
  }

  /** To be told only once all that was typed has come to the line discipline. */
  learn({ isByLines, readable }: HeldInput): void {
    if (isByLines ? readable > 0 : readable >= LINE_DISCIPLINE_BYTES) return;
    // What a program that reads keys has not read is a line once it reads lines (n_tty_set_termios).
    if (!isByLines) this.#line = 0;
    this.#unread = readable + this.#line;
    this.#longest = this.#line;
    this.#longestBefore = 0;
  }

  /**
   * Whether the line discipline has no room, so that whatever is typed, also ^C, waits unlooked at until a program
   * reads. By lines it tells of its bytes up to the last end of a line only, and what follows may be as long as the
   * longest line; a line that has not ended it takes however long.
   */
  isFull({ isByLines, readable }: HeldInput): boolean {
    if (!isByLines) return readable >= LINE_DISCIPLINE_BYTES;
    return readable > 0 && Math.min(readable + this.longest, this.#unread) >= LINE_DISCIPLINE_BYTES;
  }
}
