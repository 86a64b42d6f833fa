// Writes a buffer of an emulator down as text that draws it on a terminal that was just reset. @xterm/addon-serialize
// (0.14) does the same but leaves marks where a wrapped line was erased, forgets coloured rows without text, and
// begins the alternate buffer in the colours of the other. Knows no modes.
import type { IBuffer, IBufferCell, IBufferLine } from '@xterm/headless';
import { isWholeCell, type Cell, type Core } from './emulator-core.ts';
import { groundOf, linkText, lookText, NO_LINK, PLAIN } from './look.ts';

type Links = Core['_oscLinkService'];

export type Drawing = {
  columns: number;
  /** As many, from the last one up. */
  rows: number;
  links: Links;
};

/** Text of the last rows of a buffer, from the home position. Leaves the pen plain. */
export function drawBuffer(buffer: IBuffer, { columns, rows, links }: Drawing): string {
  const brush = new Brush(links);
  const first = Math.max(0, buffer.length - rows);
  for (let row = first; row < buffer.length; row += 1) {
    const line = buffer.getLine(row);
    if (line === undefined) break;
    if (row > first) brush.beginLine(line);
    brush.drawLine(line, columns);
  }
  return brush.end();
}

/**
 * Leaves the cursor where the buffer has it; behind the last column it waits to wrap. `top`: the row that counts as
 * the first.
 */
export function placeCursor(buffer: IBuffer, { columns, links, top }: CursorPlace): string {
  const { cursorX, cursorY, baseY } = buffer;
  const move = (column: number): string => `\x1b[${cursorY - top + 1};${column + 1}H`;
  if (cursorX < columns) return move(cursorX);
  const line = buffer.getLine(baseY + cursorY);
  const width = line?.getCell(columns - 1)?.getWidth() === 0 ? 2 : 1;
  const cell = line?.getCell(columns - width);
  const brush = new Brush(links);
  if (isWholeCell(cell)) brush.print(cell);
  return move(columns - width) + brush.end();
}

type CursorPlace = { columns: number; links: Links; top: number };

class Brush {
  readonly #links: Links;
  #text = '';
  #look = PLAIN;
  #link = NO_LINK;
  #hasGround = false;
  /** Cells without anything since the last that has something. */
  #blank = 0;
  /** The line before was filled to its end, so that the next character begins the next line. */
  #isFull = false;

  constructor(links: Links) {
    this.#links = links;
  }

  /** All of it. */
  end(): string {
    this.#blank = 0;
    this.#takePlain();
    return this.#text;
  }

  /** A line that goes on where the one before was full is wrapped here too, unless colours would run into it. */
  beginLine(line: IBufferLine): void {
    const isNatural = line.isWrapped && this.#isFull && isDrawn(line.getCell(0));
    if (isNatural && !this.#hasGround) return;
    // The row that comes up by scrolling takes the colour of the pen.
    this.#takePlain();
    this.#text += '\r\n';
  }

  drawLine(line: IBufferLine, columns: number): void {
    this.#blank = 0;
    this.#isFull = false;
    for (let column = 0; column < columns; column += 1) {
      const cell = line.getCell(column);
      if (!isWholeCell(cell) || cell.getWidth() === 0) continue;
      const isPrinted = isDrawn(cell) || this.#isLeftOver(cell);
      if (isPrinted) this.print(cell);
      else if (hasColour(cell)) column += this.#erase(line, column, columns) - 1;
      else this.#blank += 1;
      this.#isFull = isPrinted && column + cell.getWidth() >= columns;
    }
  }

  print(cell: Cell): void {
    this.#skip();
    this.#take(cell);
    this.#text += cell.getChars() || ' ';
  }

  /** A run of cells that have a colour and no character; returns how many. */
  #erase(line: IBufferLine, from: number, columns: number): number {
    const first = line.getCell(from);
    if (!isWholeCell(first)) return 1;
    const look = lookText(first, this.#links);
    let end = from + 1;
    for (; end < columns; end += 1) {
      const cell = line.getCell(end);
      if (!isWholeCell(cell) || isDrawn(cell) || lookText(cell, this.#links) !== look) break;
    }
    this.#skip();
    this.#take(first);
    this.#text += `\x1b[${end - from}X`;
    this.#blank = end - from;
    return end - from;
  }

  #skip(): void {
    if (this.#blank > 0) this.#text += `\x1b[${this.#blank}C`;
    this.#blank = 0;
  }

  #take(cell: Cell): void {
    const [look, link] = [lookText(cell, this.#links), linkText(cell, this.#links)];
    if (look !== this.#look) this.#text += look;
    if (link !== this.#link) this.#text += link;
    this.#look = look;
    this.#link = link;
    this.#hasGround = groundOf(cell) !== '';
  }

  #takePlain(): void {
    if (this.#look !== PLAIN) this.#text += PLAIN;
    if (this.#link !== NO_LINK) this.#text += NO_LINK;
    this.#look = PLAIN;
    this.#link = NO_LINK;
    this.#hasGround = false;
  }

  /** The half of a wide character whose other half was written over: it has the pen, and erasing leaves but its
   * ground. */
  #isLeftOver(cell: Cell): boolean {
    const ground = groundOf(cell);
    return lookText(cell, this.#links) !== (ground === '' ? PLAIN : `\x1b[0;${ground}m`);
  }
}

function isDrawn(cell: IBufferCell | undefined): boolean {
  return cell !== undefined && cell.getChars() !== '';
}

function hasColour(cell: IBufferCell): boolean {
  return !cell.isAttributeDefault();
}
