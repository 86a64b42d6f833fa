// The character sets of an emulator, G0 to G3, and which of them is in use: as the designations and shifts that bring
// them back (VT220; xterm's ctlseqs, "ESC ( C"). Knows no cell.
import type { Charset, Core, CoreBuffer } from './emulator-core.ts';

/** Designates a set as G0 to G3. */
const intermediates = ['(', ')', '*', '+'] as const;
/** Each the final byte of a designation that xterm.js knows. */
const finals = ['0', 'A', '4', 'C', '5', 'R', 'Q', 'K', 'Y', 'E', '6', 'Z', 'H', '7', '='];
/** Puts G0 to G3 in use. */
const shifts = ['\x0f', '\x0e', '\x1bn', '\x1bo'] as const;

export class Charsets {
  readonly #core: Core;
  /** Final bytes by the tables that they stand for; ASCII has none. */
  readonly #finals = new Map<Charset, string>();
  readonly ascii = '\x1b(B';

  /** To be made before anything is printed: it tries the designations. */
  constructor(core: Core) {
    this.#core = core;
    const { _inputHandler: input, _charsetService: service } = core;
    for (const final of finals) {
      input.selectCharset(`(${final}`);
      if (!this.#finals.has(service.charset)) this.#finals.set(service.charset, final);
    }
    input.selectDefaultCharset();
  }

  /** Empty for ASCII, which is there from the start. */
  designationOf(level: 0 | 1 | 2 | 3, charset: Charset): string {
    const final = this.#finals.get(charset);
    return charset === undefined || final === undefined
      ? ''
      : `\x1b${intermediates[level]}${final}`;
  }

  /** Of all four, with the one in use. */
  serialize(): string {
    const { _charsets: tables, glevel } = this.#core._charsetService;
    const levels = [0, 1, 2, 3] as const;
    const designations = levels.map((level) => this.designationOf(level, tables[level]));
    return designations.join('') + (glevel === 0 ? '' : (shifts[glevel] ?? ''));
  }

  /** Whether a cursor that was restored has brought its set back, without a shift. */
  isRestoredFrom({ savedCharset }: CoreBuffer): boolean {
    const { _charsets: tables, glevel, charset } = this.#core._charsetService;
    return charset !== tables[glevel] && charset === savedCharset;
  }
}
