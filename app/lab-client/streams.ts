// The streams of all terminals of this page's lab, by terminal id. Knows no socket and no state.
import type { TerminalState } from '../../server/protocol/browser-messages.ts';
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
    /** `terminals` are those of the lab: the others have ended, and link has forgotten them. True when something
     * that was typed into such a one can never have arrived. */
    connect(terminals: readonly TerminalState[]): boolean {
      online = true;
      let isLost = false;
      for (const [terminal, stream] of byTerminal) {
        const state = terminals.find((each) => each.terminal === terminal);
        if (state !== undefined) stream.connect(state.exited);
        else if (stream.lose()) isLost = true;
      }
      return isLost;
    },
    hasInputLeft: (): boolean => [...byTerminal.values()].some((stream) => stream.hasInputLeft()),
    disconnect(): void {
      online = false;
      for (const stream of byTerminal.values()) stream.disconnect();
    },
    clear(): void {
      byTerminal.clear();
    },
  };
}
