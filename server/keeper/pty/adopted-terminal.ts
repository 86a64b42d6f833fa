// A terminal that an earlier keeper opened and that link gave back: its shell lives, its master is a copy of
// link's. Knows no protocol. [L7]
import { closeDescriptor } from '../../kernel/libc.ts';
import { isAlive, signalProcess, type ProcessIdentity } from '../../kernel/processes.ts';
import { setTerminalSize } from '../../kernel/terminal-size.ts';
import type { TerminalSize } from '../../protocol/ids.ts';
import { HANGUP_GRACE_MS, type OpenTerminal, type TerminalEnd } from './open-terminal.ts';

/** Milliseconds between two looks at whether the shell lives: it is no child of this keeper. */
const LOOK_EVERY_MS = 300;

export class AdoptedTerminal implements OpenTerminal {
  readonly master: number;
  readonly entry: ProcessIdentity;
  size: TerminalSize;
  #look: NodeJS.Timeout | undefined;

  constructor(options: { master: number; entry: ProcessIdentity; size: TerminalSize }) {
    this.master = options.master;
    this.entry = options.entry;
    this.size = options.size;
  }

  /** How it ended is not known: only its parent is told, and that one is gone. */
  onEnd(callback: (end: TerminalEnd) => void): void {
    this.#look = setInterval(() => {
      if (isAlive(this.entry)) return;
      clearInterval(this.#look);
      closeDescriptor(this.master);
      callback({ code: null, signal: null });
    }, LOOK_EVERY_MS);
  }

  resize(size: TerminalSize): void {
    this.size = size;
    setTerminalSize(this.master, size);
  }

  hangUp(): void {
    signalProcess(this.entry, 'SIGHUP');
    setTimeout(() => signalProcess(this.entry, 'SIGKILL'), HANGUP_GRACE_MS).unref();
  }
}
