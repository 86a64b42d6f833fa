// The streams of all terminals of this page's lab, by terminal id. Knows no socket and no state.
import type { TerminalStream, Wire } from './terminal-stream.ts';
import { createTerminalStream } from './terminal-stream.ts';

export function createStreams(wire: Wire) {
  const byTerminal = new Map<number, TerminalStream>();
  let online = false;

  return {
    get: (terminal: number): TerminalStream | undefined => byTerminal.get(terminal),
    /** The stream of a terminal that exists in the lab. */
    of(terminal: number): TerminalStream {
      const known = byTerminal.get(terminal);
      if (known !== undefined) return known;
      const stream = createTerminalStream(terminal, wire);
      byTerminal.set(terminal, stream);
      if (online) stream.connect();
      return stream;
    },
    /** `terminals` are those of the lab: the others belonged to an earlier one. */
    connect(terminals: readonly number[]): void {
      online = true;
      for (const [terminal, stream] of byTerminal) {
        if (terminals.includes(terminal)) stream.connect();
      }
    },
    disconnect(): void {
      online = false;
      for (const stream of byTerminal.values()) stream.disconnect();
    },
    clear(): void {
      byTerminal.clear();
    },
  };
}
