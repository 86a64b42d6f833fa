// Tells when a shell waits for its learner: the end of its output is a prompt. Knows no terminal.

/** Long enough for a prompt and for an end mark, across chunks. */
const TAIL_BYTES = 64;

/** The last bytes of a stream, as text; control sequences stay in. */
export class Tail {
  #text = '';

  add(data: Uint8Array): void {
    const end = Buffer.from(data.subarray(-TAIL_BYTES)).toString('latin1');
    this.#text = (this.#text + end).slice(-TAIL_BYTES);
  }

  clear(): void {
    this.#text = '';
  }

  get isPrompt(): boolean {
    return this.#text.endsWith('$ ');
  }

  includes(mark: string): boolean {
    return this.#text.includes(mark);
  }
}
