// The size of the page's terminal pane in cells, once it is drawn: a shell is best born at its size.
// Knows no element.
import type { TerminalSize } from '../../server/protocol/ids.ts';

/** When nothing was drawn by then (a phone that shows the lesson), the classic size must do. */
const PATIENCE_MS = 1_200;
const CLASSIC: TerminalSize = { cols: 80, rows: 24 };

let measured: TerminalSize | undefined;
const waiting: ((size: TerminalSize) => void)[] = [];

export function notePaneSize(size: TerminalSize): void {
  measured = size;
  for (const tell of waiting.splice(0)) tell(size);
}

export function whenPaneMeasured(): Promise<TerminalSize> {
  if (measured !== undefined) return Promise.resolve(measured);
  return new Promise((resolve) => {
    waiting.push(resolve);
    setTimeout(() => resolve(measured ?? CLASSIC), PATIENCE_MS);
  });
}
