// Writes a buffer of an emulator down as text that draws it on a terminal that was just reset. @xterm/addon-serialize
// (0.14) does the same but leaves marks where a wrapped line was erased, forgets coloured rows without text, and
// begins the alternate buffer in the colours of the other. Knows no modes.
import type { IBuffer, IBufferCell, IBufferLine } from '@xterm/headless';

/** What a cell and the pen have in common. */
export type Look = Omit<IBufferCell, 'getWidth' | 'getChars' | 'getCode'>;

/** Text of the last `rows` rows of a buffer, and the cursor where it is. */
export function drawBuffer(buffer: IBuffer, columns: number, rows: number): string {
  const brush = new Brush();
  const first = Math.max(0, buffer.length - rows);
  for (let row = first; row < buffer.length; row += 1) {
    const line = buffer.getLine(row);
    if (line === undefined) break;
    if (row > first) brush.beginLine(line);
    brush.drawLine(line, columns);
  }
  brush.place(buffer, columns);
  return brush.text;
}

/** What getFgColorMode tells (xterm.js, Attributes.CM_*). */
const colourMode = { sixteen: 1 << 24, palette: 2 << 24, direct: 3 << 24 };

/** As parameters of SGR (ECMA-48), from nothing. */
export function parametersOf(look: Look): string {
  const flags = [
    look.isBold() && '1',
    look.isDim() && '2',
    look.isItalic() && '3',
    look.isUnderline() && '4',
    look.isBlink() && '5',
    look.isInverse() && '7',
    look.isInvisible() && '8',
    look.isStrikethrough() && '9',
    look.isOverline() && '53',
    colour(look.getFgColor(), look.getFgColorMode(), 30),
    colour(look.getBgColor(), look.getBgColorMode(), 40),
  ];
  return ['0', ...flags.filter((flag) => typeof flag === 'string' && flag !== '')].join(';');
}

/** `first`: the parameter of the first colour. A program that asked for one of the sixteen may get it brighter. */
function colour(value: number, mode: number, first: 30 | 40): string {
  switch (mode) {
    case colourMode.sixteen:
      return String(value < 8 ? first + value : first + 60 + value - 8);
    case colourMode.palette:
      return `${first + 8};5;${value}`;
    case colourMode.direct:
      return `${first + 8};2;${value >> 16};${(value >> 8) & 0xff};${value & 0xff}`;
    default:
      return '';
  }
}

class Brush {
  text = '';
  #look = '0';
  /** Cells without anything since the last that has something. */
  #blank = 0;
  /** The line before was filled to its end, so that the next character begins the next line. */
  #isFull = false;

  /** A line that goes on where the one before was full is wrapped here too, unless colours would run into it. */
  beginLine(line: IBufferLine): void {
    const isNatural = line.isWrapped && this.#isFull && isDrawn(line.getCell(0));
    if (isNatural && !hasGround(this.#look)) return;
    // The row that comes up by scrolling takes the colour of the pen.
    this.#take('0');
    this.text += '\r\n';
  }

  drawLine(line: IBufferLine, columns: number): void {
    this.#blank = 0;
    this.#isFull = false;
    for (let column = 0; column < columns; column += 1) {
      const cell = line.getCell(column);
      if (cell === undefined || cell.getWidth() === 0) continue;
      const isPrinted = isDrawn(cell) || isLeftOver(cell);
      if (isPrinted) this.#print(cell);
      else if (hasColour(cell)) column += this.#erase(line, column, columns) - 1;
      else this.#blank += 1;
      this.#isFull = isPrinted && column + cell.getWidth() >= columns;
    }
  }

  /** Leaves the cursor where the buffer has it; behind the last column it waits to wrap. */
  place(buffer: IBuffer, columns: number): void {
    const { cursorX, cursorY, baseY } = buffer;
    if (cursorX < columns) {
      this.text += `\x1b[${cursorY + 1};${cursorX + 1}H`;
      return;
    }
    const line = buffer.getLine(baseY + cursorY);
    const width = line?.getCell(columns - 1)?.getWidth() === 0 ? 2 : 1;
    const cell = line?.getCell(columns - width);
    this.text += `\x1b[${cursorY + 1};${columns - width + 1}H`;
    this.#blank = 0;
    if (cell !== undefined) this.#print(cell);
  }

  #print(cell: IBufferCell): void {
    this.#skip();
    this.#take(parametersOf(cell));
    this.text += cell.getChars() || ' ';
  }

  /** A run of cells that have a colour and no character; returns how many. */
  #erase(line: IBufferLine, from: number, columns: number): number {
    const first = line.getCell(from);
    if (first === undefined) return 1;
    const look = parametersOf(first);
    let end = from + 1;
    for (; end < columns; end += 1) {
      const cell = line.getCell(end);
      if (cell === undefined || isDrawn(cell) || parametersOf(cell) !== look) break;
    }
    this.#skip();
    this.#take(look);
    this.text += `\x1b[${end - from}X`;
    this.#blank = end - from;
    return end - from;
  }

  #skip(): void {
    if (this.#blank > 0) this.text += `\x1b[${this.#blank}C`;
    this.#blank = 0;
  }

  #take(look: string): void {
    if (look !== this.#look) this.text += `\x1b[${look}m`;
    this.#look = look;
  }
}

function hasGround(look: string): boolean {
  return /;(?:4\d|10[0-7])(?:;|$)/.test(look);
}

function isDrawn(cell: IBufferCell | undefined): boolean {
  return cell !== undefined && cell.getChars() !== '';
}

/** The half of a wide character whose other half was written over: it has the pen, and erasing leaves but its ground. */
function isLeftOver(cell: IBufferCell): boolean {
  const ground = colour(cell.getBgColor(), cell.getBgColorMode(), 40);
  return parametersOf(cell) !== (ground === '' ? '0' : `0;${ground}`);
}

function hasColour(cell: IBufferCell): boolean {
  return !cell.isAttributeDefault();
}
