// A terminal that an earlier keeper opened and that link gave back: its shell lives, its master is a copy of
// link's. Knows no protocol. [L7]
import { closeDescriptor } from '../../kernel/libc.ts';
import { isAlive } from '../../kernel/processes.ts';
import { OpenTerminal, type TerminalEnd } from './open-terminal.ts';

/** Milliseconds between two looks at whether the shell lives: it is no child of this keeper. */
const LOOK_EVERY_MS = 300;

export class AdoptedTerminal extends OpenTerminal {
  /** How it ended is not known: only its parent is told, and that one is gone. */
  onEnd(callback: (end: TerminalEnd) => void): void {
    const look = setInterval(() => {
      if (isAlive(this.entry)) return;
      clearInterval(look);
      closeDescriptor(this.master);
      callback({ code: null, signal: null });
    }, LOOK_EVERY_MS);
  }
}
