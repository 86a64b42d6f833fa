// What a page's terminal would show: an emulator fed with what a client receives, as docs/PROTOCOL.md says. Two of
// them can be compared cell by cell. Knows no link.
import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes/lib/addon-unicode-graphemes.mjs';
import { Terminal } from '@xterm/headless/lib-headless/xterm-headless.mjs';
import {
  coreOf,
  isWholeCell,
  type Core,
  type CoreBuffer,
  type Look,
} from '../../server/link/screen/emulator-core.ts';
import type { TerminalSize } from '../../server/protocol/ids.ts';
import { createWholeCharacters } from '../../server/protocol/whole-characters.ts';
import type { LabTerminal } from './lab-terminal.ts';

export class LabScreen {
  readonly #terminal: Terminal;
  readonly #core: Core;
  /** What programs set them to, by their number. */
  readonly #colours = new Map<number | undefined, readonly number[]>();
  #title = '';
  readonly #characters = createWholeCharacters();
  /** What the emulator answered to queries: a page would type it. */
  readonly replies: string[] = [];
  #parsed: Promise<void> = Promise.resolve();
  /** Screens that link drew, and whether they were said to be exact. */
  readonly drawn: boolean[] = [];

  constructor({ cols, rows }: TerminalSize, scrollback = 0) {
    this.#terminal = new Terminal({ cols, rows, scrollback, allowProposedApi: true });
    this.#terminal.loadAddon(new UnicodeGraphemesAddon());
    this.#terminal.onData((data) => this.replies.push(data));
    this.#core = coreOf(this.#terminal);
    this.#core._inputHandler.onColor((event) => {
      for (const { type, index, color } of event) {
        if (type === 1 && color !== undefined) this.#colours.set(index, color);
        else if (type === 2 && index !== undefined) this.#colours.delete(index);
        else if (type === 2)
          for (const each of this.#colours.keys())
            if ((each ?? 0) < 256) this.#colours.delete(each);
      }
    });
    this.#terminal.onTitleChange((title) => {
      this.#title = title;
    });
  }

  /** From now on, before its first attach. */
  follow(terminal: LabTerminal): void {
    terminal.onAttached = ({ gap, screen }) => {
      if (gap) this.#characters.clear();
      if (gap) this.#terminal.reset();
      if (screen === undefined) return;
      const { cols, rows } = this.#terminal;
      this.#terminal.resize(screen.size.cols, screen.size.rows);
      this.#write(screen.text, () => this.#terminal.resize(cols, rows));
      this.drawn.push(screen.isExact);
    };
    terminal.onOutput = (_offset, data) => this.#write(this.#characters.take(data));
  }

  write(data: string | Uint8Array): this {
    this.#write(data);
    return this;
  }

  /** All that can be seen and felt, once everything is parsed: each cell with its looks, cursor, modes, and what a
   * program finds there when it goes on. */
  async look(): Promise<object> {
    await this.#parsed;
    const { active } = this.#terminal.buffer;
    const lines = Array.from({ length: this.#terminal.rows }, (_, row) =>
      this.#line(active.baseY + row),
    );
    const { synchronizedOutputMode: _, ...modes } = this.#terminal.modes;
    const { type, cursorY } = active;
    // Behind the last column is in it where nothing wraps.
    const most = this.#terminal.cols - (modes.wraparoundMode ? 0 : 1);
    const cursorX = Math.min(active.cursorX, most);
    return { type, cursorX, cursorY, modes, lines, ...this.#hidden() };
  }

  #hidden(): object {
    const { coreService, coreMouseService, optionsService, _charsetService, _inputHandler } =
      this.#core;
    const { charset, glevel, _charsets } = _charsetService;
    const { normal, alt } = this.#core.buffers;
    return {
      isCursorHidden: coreService.isCursorHidden,
      cursorStyle: coreService.decPrivateModes,
      mouseEncoding: coreMouseService.activeEncoding,
      convertEol: optionsService.options.convertEol,
      charset,
      glevel,
      charsets: [0, 1, 2, 3].map((level) => _charsets[level]),
      pen: this.#looks(_inputHandler._curAttrData),
      normal: this.#beside(normal),
      alternate: this.#beside(alt),
      colours: [...this.#colours].toSorted(([a = 0], [b = 0]) => a - b),
      title: this.#title,
    };
  }

  #beside(buffer: CoreBuffer): object {
    const { cols, rows } = this.#terminal;
    const columns = Array.from({ length: cols }, (_, column) => column);
    return {
      region: [buffer.scrollTop, buffer.scrollBottom],
      tabs: columns.filter((column) => buffer.tabs[column] === true),
      savedColumn: Math.min(buffer.savedX, cols - 1),
      savedRow: Math.min(Math.max(buffer.savedY - buffer.ybase, 0), rows - 1),
      savedCharset: buffer.savedCharset,
      savedPen: this.#looks(buffer.savedCurAttrData),
    };
  }

  /** As text. */
  async text(): Promise<string> {
    await this.#parsed;
    const { active } = this.#terminal.buffer;
    return Array.from(
      { length: this.#terminal.rows },
      (_, row) => active.getLine(active.baseY + row)?.translateToString(true) ?? '',
    ).join('\n');
  }

  #line(number: number): string {
    const line = this.#terminal.buffer.active.getLine(number);
    const cells = Array.from({ length: this.#terminal.cols }, (_, column) => {
      const cell = line?.getCell(column);
      if (cell === undefined) return '';
      const character = cell.getChars() || ' ';
      return cell.isAttributeDefault() || !isWholeCell(cell)
        ? character
        : `${character}<${this.#looks(cell)}>`;
    });
    return cells.join('').trimEnd();
  }

  #looks(look: Look): string {
    const { _oscLinkService: links } = this.#core;
    const { urlId, underlineColor, _ext } = look.extended;
    const isMore = look.hasExtendedAttrs() !== 0;
    const style = urlId === 0 ? (_ext >> 26) & 7 || 1 : 5;
    // Of a colour of the palette nothing but its number counts.
    const isDirect = underlineColor >> 24 === 3;
    const colour = isDirect ? underlineColor : underlineColor & 0x3_00_00_ff;
    const link = isMore && urlId !== 0 ? links.getLinkData(urlId) : undefined;
    return [
      look.getFgColorMode() + look.getFgColor(),
      look.getBgColorMode() + look.getBgColor(),
      look.isBold() && 'bold',
      look.isInverse() && 'inverse',
      look.isDim() && 'dim',
      look.isItalic() && 'italic',
      look.isInvisible() && 'invisible',
      look.isBlink() && 'blink',
      look.isStrikethrough() && 'struck',
      look.isOverline() && 'overlined',
      look.isProtected() && 'protected',
      look.isUnderline() && `underlined ${isMore ? style : 1} ${colour}`,
      link && `${link.id} ${link.uri}`,
    ]
      .filter((each) => each !== undefined && each !== 0)
      .join();
  }

  #write(data: string | Uint8Array, then?: () => void): void {
    this.#parsed = new Promise((resolve) => {
      // The client's buffers are its own only for the moment.
      this.#terminal.write(typeof data === 'string' ? data : data.slice(), () => {
        then?.();
        resolve();
      });
    });
  }
}
