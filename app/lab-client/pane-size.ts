// The size of the page's terminal pane in cells, as soon as it is drawn: a shell is best born at its size.
// Knows no element.
import type { TerminalSize } from '../../server/protocol/ids.ts';

/** A shell takes longer to start than the emulator to be drawn, unless its code is still on the way. */
const PATIENCE_MS = 60;

/** About one cell of the terminals' font, and what stands around them on a wide page. */
const CELL = { width: 8.1, height: 22 };
const AROUND = { width: 24, height: 160 };

let measured: TerminalSize | undefined;
const waiting: ((size: TerminalSize) => void)[] = [];

export function notePaneSize(size: TerminalSize): void {
  measured = size;
  for (const tell of waiting.splice(0)) tell(size);
}

/** The size, or a guess that `attach` corrects: half of a wide window is the terminals'. */
export function whenPaneMeasured(): Promise<TerminalSize> {
  if (measured !== undefined) return Promise.resolve(measured);
  return new Promise((resolve) => {
    waiting.push(resolve);
    setTimeout(() => resolve(measured ?? guessSize(window)), PATIENCE_MS);
  });
}

export function guessSize(page: { innerWidth: number; innerHeight: number }): TerminalSize {
  const width = page.innerWidth > 900 ? page.innerWidth / 2 : page.innerWidth;
  const cells = (pixels: number, cell: number): number => Math.floor(pixels / cell);
  return {
    cols: Math.max(20, Math.min(1000, cells(width - AROUND.width, CELL.width))),
    rows: Math.max(5, Math.min(1000, cells(page.innerHeight - AROUND.height, CELL.height))),
  };
}
