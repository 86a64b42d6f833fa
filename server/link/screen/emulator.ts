// A terminal emulator without a screen: fed with what a terminal printed, it tells what its screen looks like, as
// text that makes another emulator look the same. What programs ask of it is answered nowhere. Knows no stream.
import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes/lib/addon-unicode-graphemes.mjs';
import type { IBuffer } from '@xterm/headless';
import { Terminal } from '@xterm/headless/lib-headless/xterm-headless.mjs';
import type { TerminalSize } from '../../protocol/ids.ts';
import { createWholeCharacters } from '../../protocol/whole-characters.ts';
import { SCREEN_LINES } from '../limits.ts';
import { regionText, savedCursorText, tabsText } from './buffer-state.ts';
import { Charsets } from './charsets.ts';
import { drawBuffer, placeCursor } from './draw-buffer.ts';
import { coreOf, type Core, type CoreBuffer } from './emulator-core.ts';
import { HiddenState } from './hidden-state.ts';
import { linkText, lookText, NO_LINK } from './look.ts';

/** A program that asks for more of the same character than any screen has is not asked by a person. */
const MOST_REPEATED = 100_000;

export class Emulator {
  readonly #terminal: Terminal;
  readonly #core: Core;
  readonly #charsets: Charsets;
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
    this.#core = coreOf(this.#terminal);
    this.#charsets = new Charsets(this.#core);
    this.#hidden = new HiddenState(this.#terminal, this.#core, () => {
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
    return regionText(this.#active, this.size) === '';
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
  }

  /** Text that makes an emulator of this size, just reset, look and behave like this one. */
  serialize(scrollback = SCREEN_LINES): string {
    const { buffer, rows } = this.#terminal;
    const { normal, alt } = this.#core.buffers;
    const isAlternate = buffer.active.type === 'alternate';
    let text = this.#hidden.serializeColours();
    // The other buffer keeps its saved cursor while it is away.
    if (!isAlternate) text += inAlternate(this.#savedCursor(alt));
    text += this.#draw(buffer.normal, rows + scrollback) + this.#beside(normal);
    if (isAlternate) {
      text += `\x1b[?1047h\x1b[H${this.#draw(buffer.alternate, rows)}${this.#beside(alt)}`;
    }
    return text + this.#serializeCursor() + this.#hidden.serializeModes() + this.#serializePen();
  }

  #draw(buffer: IBuffer, rows: number): string {
    const { cols: columns } = this.#terminal;
    return drawBuffer(buffer, { columns, rows, links: this.#core._oscLinkService });
  }

  #beside(buffer: CoreBuffer): string {
    const { size } = this;
    return regionText(buffer, size) + tabsText(buffer, size) + this.#savedCursor(buffer);
  }

  #savedCursor(buffer: CoreBuffer): string {
    return savedCursorText(buffer, {
      size: this.size,
      links: this.#core._oscLinkService,
      charsets: this.#charsets,
    });
  }

  /** The cursor, and the character sets that it types in. */
  #serializeCursor(): string {
    const { modes, buffer, cols: columns } = this.#terminal;
    const links = this.#core._oscLinkService;
    // Origin mode takes the cursor home, and counts rows from there.
    const top = modes.originMode ? this.#active.scrollTop : 0;
    const place = placeCursor(buffer.active, { columns, links, top });
    const text = `${modes.originMode ? '\x1b[?6h' : ''}${place}${this.#charsets.serialize()}`;
    if (!this.#charsets.isRestoredFrom(this.#active)) return text;
    // The saved cursor still has that set. A cursor that waits to wrap was not restored just now.
    return `${text}\x1b8${place.slice(0, place.indexOf('H') + 1)}`;
  }

  /** What the next character will look like. */
  #serializePen(): string {
    const { _inputHandler: input, _oscLinkService: links } = this.#core;
    const link = linkText(input._curAttrData, links);
    return lookText(input._curAttrData, links) + (link === NO_LINK ? '' : link);
  }

  get #active(): CoreBuffer {
    const { normal, alt } = this.#core.buffers;
    return this.#terminal.buffer.active.type === 'alternate' ? alt : normal;
  }

  dispose(): void {
    this.#terminal.dispose();
  }
}

/** Said there, from the home position and back to it. */
function inAlternate(text: string): string {
  return text === '' ? '' : `\x1b[?1047h${text}\x1b[?1047l\x1b[H`;
}
