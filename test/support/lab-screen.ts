// What a page's terminal would show: an emulator fed with what a client receives, as docs/PROTOCOL.md says. Two of
// them can be compared cell by cell. Knows no link.
import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes/lib/addon-unicode-graphemes.mjs';
import { Terminal } from '@xterm/headless/lib-headless/xterm-headless.mjs';
import type { TerminalSize } from '../../server/protocol/ids.ts';
import { createWholeCharacters } from '../../server/protocol/whole-characters.ts';
import type { LabTerminal } from './lab-terminal.ts';

export class LabScreen {
  readonly #terminal: Terminal;
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

  /** All that can be seen and felt, once everything is parsed: each cell with its looks, cursor, modes. */
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
    return { type, cursorX, cursorY, modes, lines };
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
      if (cell.isAttributeDefault()) return character;
      const looks = [
        cell.getFgColorMode() + cell.getFgColor(),
        cell.getBgColorMode() + cell.getBgColor(),
        cell.isBold(),
        cell.isInverse(),
        cell.isUnderline(),
        cell.isDim(),
        cell.isItalic(),
      ];
      return `${character}<${looks.join()}>`;
    });
    return cells.join('').trimEnd();
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
