// What keeper can do with a terminal that is open, whoever opened it.
import type { ProcessIdentity } from '../../kernel/processes.ts';
import type { TerminalSize } from '../../protocol/ids.ts';

/** After SIGHUP, milliseconds until the shell's entry into the lab is killed. */
export const HANGUP_GRACE_MS = 1000;

export type TerminalEnd = { code: number | null; signal: number | null };

export type OpenTerminal = {
  /** The master. Stays open here until the shell ends, so that link may be restarted. */
  readonly master: number;
  /** The process that entered the lab for this terminal, on the lab host. */
  readonly entry: ProcessIdentity;
  readonly size: TerminalSize;
  /** Calls back once, when the shell has ended. */
  onEnd(callback: (end: TerminalEnd) => void): void;
  resize(size: TerminalSize): void;
  /** SIGHUP, and SIGKILL for an entry that outlives it. */
  hangUp(): void;
};
