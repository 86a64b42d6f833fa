// Makes plain text of terminal output: UTF-8 across chunks, control sequences removed, the last quarter megabyte kept.
// Knows no screen: cursor movement is not followed.

const KEPT_CHARACTERS = 256 * 1024;

// OSC, DCS and their kin with their text; CSI; two-character escapes; single control characters. Written
// as text, since a literal may not hold what it is about.
const sequences = new RegExp(
  [
    String.raw`\u001b[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)`,
    String.raw`\u001b\[[0-?]*[ -/]*[@-~]`,
    String.raw`\u001b[ -/]*[0-Z\\-~]`,
    String.raw`[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f]`,
  ].join('|'),
  'g',
);

/** Longest unfinished control sequence that is waited for. */
const UNFINISHED_CHARACTERS = 4096;

export class PlainText {
  readonly #decoder = new TextDecoder();
  #unfinished = '';
  #text = '';
  #dropped = 0;

  add(bytes: Uint8Array): void {
    const raw = this.#unfinished + this.#decoder.decode(bytes, { stream: true });
    const plain = raw.replace(sequences, '');
    const escape = plain.lastIndexOf('\x1b');
    const isOpen = escape >= 0 && plain.length - escape < UNFINISHED_CHARACTERS;
    this.#unfinished = isOpen ? plain.slice(escape) : '';
    this.#text += isOpen ? plain.slice(0, escape) : plain;
    const excess = this.#text.length - KEPT_CHARACTERS;
    if (excess > KEPT_CHARACTERS / 4) {
      this.#text = this.#text.slice(excess);
      this.#dropped += excess;
    }
  }

  /** Characters so far; a place to look from. */
  get length(): number {
    return this.#dropped + this.#text.length;
  }

  /** The text from a place on, as far as it is kept. */
  from(place = 0): string {
    return this.#text.slice(Math.max(0, place - this.#dropped));
  }
}
