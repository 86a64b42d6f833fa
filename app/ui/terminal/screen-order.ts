// Reset, another size and a kept screen, each in its place among what is written: the emulator parses later than it
// is written to, but would reset and resize at once. Knows no page.
import type { TerminalSize } from '../../../server/protocol/ids.ts';

/** The emulator, as far as it is ordered. */
export type Ordered = {
  readonly cols: number;
  readonly rows: number;
  /** `parsed` is called when `data` is, before what is written later is. */
  write(data: string, parsed: () => void): void;
  reset(): void;
  resize(cols: number, rows: number): void;
};

export function keepOrder(terminal: Ordered) {
  /** The size that it has once all is parsed, and the one for what is parsed now. */
  let wanted: TerminalSize = { cols: terminal.cols, rows: terminal.rows };
  let current = wanted;
  /** Sizes set at once: those for output written before count no more. */
  let setNow = 0;
  /** Kept screens that are written and not parsed, and whether one is being parsed: in its own size. */
  let undrawn = 0;
  let isDrawing = false;
  let isOver = false;

  function become({ cols, rows }: TerminalSize): void {
    if (isOver) return;
    if (cols !== terminal.cols || rows !== terminal.rows) terminal.resize(cols, rows);
  }

  function settle(): void {
    if (!isDrawing) become(current);
  }

  return {
    size: (): TerminalSize => wanted,
    reset(): void {
      terminal.write('', () => {
        if (!isOver) terminal.reset();
      });
    },
    /** For what is written from now on. */
    resize(size: TerminalSize): void {
      wanted = size;
      const of = setNow;
      terminal.write('', () => {
        if (of === setNow) current = size;
        settle();
      });
    },
    /** At once: a person looks at it. */
    resizeNow(size: TerminalSize): void {
      wanted = current = size;
      setNow += 1;
      if (undrawn === 0) settle();
    },
    draw(text: string, size: TerminalSize): void {
      undrawn += 1;
      terminal.write('', () => {
        isDrawing = true;
        become(size);
      });
      terminal.write(text, () => {
        undrawn -= 1;
        isDrawing = false;
        settle();
      });
    },
    /** The emulator is about to go: what it has not parsed changes nothing more. */
    stop: (): void => void (isOver = true),
  };
}
