// A terminal that is open, whoever opened it: its master, its hang-up. How its end becomes known is left
// to each kind. Knows no protocol. [L7]
import { signalProcess, type ProcessIdentity } from '../../kernel/processes.ts';

/** After SIGHUP, milliseconds until the shell is killed. */
const HANGUP_GRACE_MS = 1000;

export type TerminalEnd = { code: number | null; signal: number | null };

export type TerminalParts = {
  /** The master. Stays open here until the shell ends, so that link may be restarted. */
  master: number;
  /** The process that entered the lab for this terminal, on the lab host. */
  entry: ProcessIdentity;
};

export abstract class OpenTerminal {
  readonly master: number;
  readonly entry: ProcessIdentity;

  constructor({ master, entry }: TerminalParts) {
    this.master = master;
    this.entry = entry;
  }

  /** Calls back once, when the shell has ended and the master is closed. */
  abstract onEnd(callback: (end: TerminalEnd) => void): void;

  /** SIGHUP, and SIGKILL for a shell that outlives it. */
  hangUp(): void {
    signalProcess(this.entry, 'SIGHUP');
    setTimeout(() => signalProcess(this.entry, 'SIGKILL'), HANGUP_GRACE_MS).unref();
  }
}
