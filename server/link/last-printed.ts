// What a terminal printed since a line was last typed into it: a lead for hints. A learner can make it say
// anything. Knows no terminal.
import { stripVTControlCharacters } from 'node:util';
import type { Ring } from './ring.ts';

/** The last bytes that are looked at: an error and its prompt are a few lines. */
const LOOKED_AT_BYTES = 2048;
/** What ends a line that is typed: Enter, and ^J. */
const ENTER = 0x0d;
const NEWLINE = 0x0a;

export class LastPrinted {
  readonly #ring: Ring;
  /** Offset in the output at which the last line was typed. */
  #since: number;

  constructor(ring: Ring) {
    this.#ring = ring;
    this.#since = ring.end;
  }

  noteTyped(data: Uint8Array): void {
    for (const byte of data) if (byte === ENTER || byte === NEWLINE) this.#since = this.#ring.end;
  }

  /** Without control sequences, and without the rest of the line that echoes what was typed. */
  get text(): string {
    const { oldest, end } = this.#ring;
    const from = Math.max(this.#since, oldest, end - LOOKED_AT_BYTES);
    const bytes = Buffer.alloc(end - from);
    this.#ring.copy(from, bytes.length, bytes);
    const text = stripVTControlCharacters(bytes.toString());
    return from === this.#since ? text.slice(text.indexOf('\n') + 1) : text;
  }
}
