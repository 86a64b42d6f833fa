// A terminal emulator without a screen: fed with what a terminal printed, it tells what its screen looks like, as
// text that makes another emulator look the same. What programs ask of it is answered nowhere. Knows no stream.
import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes/lib/addon-unicode-graphemes.mjs';
import { Terminal } from '@xterm/headless/lib-headless/xterm-headless.mjs';
import type { TerminalSize } from '../../protocol/ids.ts';
import { createWholeCharacters } from '../../protocol/whole-characters.ts';
import { SCREEN_LINES } from '../limits.ts';
import { drawBuffer, parametersOf, type Look } from './draw-buffer.ts';
import { HiddenState } from './hidden-state.ts';

/** A program that asks for more of the same character than any screen has is not asked by a person. */
const MOST_REPEATED = 100_000;

export class Emulator {
  readonly #terminal: Terminal;
  readonly #hidden: HiddenState;
  readonly #characters = createWholeCharacters();
  /** What was fed looks as it does in an emulator that has seen all of the stream. */
  isExact = true;

  constructor({ cols, rows }: TerminalSize) {
    this.#terminal = new Terminal({
      cols,
      rows,
      scrollback: SCREEN_LINES,
      allowProposedApi: true,
      logLevel: 'off',
    });
    // As in the page: otherwise characters would have other widths.
    this.#terminal.loadAddon(new UnicodeGraphemesAddon());
    this.#hidden = new HiddenState(this.#terminal, () => {
      this.isExact = true;
    });
    // Its memory would be that many characters, at once.
    this.#terminal.parser.registerCsiHandler(
      { final: 'b' },
      ([times]) => typeof times === 'number' && times > MOST_REPEATED,
    );
  }

  get size(): TerminalSize {
    return { cols: this.#terminal.cols, rows: this.#terminal.rows };
  }

  /** Whether text without control sequences cannot change more than the lines it is on. */
  get scrollsWhole(): boolean {
    return !this.#hidden.hasRegion;
  }

  /** Resolves when all is parsed. */
  async feed(data: Uint8Array | string): Promise<void> {
    if (data.length === 0) return;
    const whole = typeof data === 'string' ? data : this.#characters.take(data);
    await new Promise<void>((resolve) => this.#terminal.write(whole, resolve));
  }

  resize({ cols, rows }: TerminalSize): void {
    if (cols === this.#terminal.cols && rows === this.#terminal.rows) return;
    this.#terminal.resize(cols, rows);
    this.#hidden.handleResize();
  }

  /** Text that makes an emulator of this size, just reset, look and behave like this one. */
  serialize(scrollback = SCREEN_LINES): string {
    const { cols, rows, buffer } = this.#terminal;
    let text = drawBuffer(buffer.normal, cols, rows + scrollback);
    if (buffer.active.type === 'alternate') {
      text += `\x1b7${this.#hidden.serializeRegion('normal')}\x1b8`;
      text += `\x1b[0m\x1b[?1049h\x1b[H${drawBuffer(buffer.alternate, cols, rows)}`;
    }
    return `${text}\x1b[${parametersOf(this.#pen)}m${this.#hidden.serialize()}`;
  }

  /** What the next character will look like. The emulator's interface does not tell, so it is taken from within, as
   * @xterm/addon-serialize does; in this exact version it is there, and a test draws with it. */
  get #pen(): Look {
    const input: unknown = Reflect.get(
      Object(Reflect.get(this.#terminal, '_core')),
      '_inputHandler',
    );
    const pen: unknown = Reflect.get(Object(input), '_curAttrData');
    if (!isLook(pen)) throw new Error('this @xterm/headless has no pen');
    return pen;
  }

  dispose(): void {
    this.#terminal.dispose();
  }
}

function isLook(value: unknown): value is Look {
  return typeof value === 'object' && value !== null && 'isFgPalette' in value;
}
