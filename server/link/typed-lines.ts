// How long the longest line is that was typed lately, to tell what the kernel may hold beside whole lines. Knows no
// terminal.

/** More than the kernel holds of what is typed: 4 KB in the line discipline, 8 KB before it (tty_buffer_set_limit of
 * drivers/tty/pty.c), in pieces that it rounds up. */
const WINDOW_BYTES = 32 * 1024;
const LINE_FEED = 0x0a;
/** What the key Enter types. */
const CARRIAGE_RETURN = 0x0d;

export class TypedLines {
  #line = 0;
  #longest = 0;
  #longestBefore = 0;
  #seen = 0;

  /** Bytes of the longest line, its end not counted, among the last WINDOW_BYTES at least, and twice as many at most. */
  get longest(): number {
    return Math.max(this.#longest, this.#longestBefore);
  }

  note(typed: Uint8Array): void {
    for (const byte of typed) {
      if (byte === LINE_FEED || byte === CARRIAGE_RETURN) this.#line = 0;
      else this.#line += 1;
      if (this.#line > this.#longest) this.#longest = this.#line;
    }
    this.#seen += typed.length;
    if (this.#seen < WINDOW_BYTES) return;
    this.#seen = 0;
    this.#longestBefore = this.#longest;
    this.#longest = this.#line;
  }
}
