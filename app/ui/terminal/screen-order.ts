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
  /** The size that it has once all is parsed. */
  let wanted: TerminalSize = { cols: terminal.cols, rows: terminal.rows };
  /** Kept screens that are written and not parsed: they are drawn in their own size. */
  let drawing = 0;
  let isOver = false;

  function become({ cols, rows }: TerminalSize): void {
    if (isOver) return;
    if (cols !== terminal.cols || rows !== terminal.rows) terminal.resize(cols, rows);
  }

  function settle(): void {
    if (drawing === 0) become(wanted);
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
      terminal.write('', settle);
    },
    /** At once: a person looks at it. */
    resizeNow(size: TerminalSize): void {
      wanted = size;
      settle();
    },
    draw(text: string, size: TerminalSize): void {
      drawing += 1;
      terminal.write('', () => become(size));
      terminal.write(text, () => {
        drawing -= 1;
        settle();
      });
    },
    /** The emulator is about to go: what it has not parsed changes nothing more. */
    stop: (): void => void (isOver = true),
  };
}
