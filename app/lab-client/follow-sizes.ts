// Who has the size of a terminal when a page comes back: this page, or whoever set it meanwhile. Knows no emulator.
import type { TerminalState } from '../../server/protocol/browser-messages.ts';
import { mayType } from './keyboard.ts';
import type { LabState } from './lab-state.ts';
import type { TerminalStream } from './terminal-stream.ts';

/** Whether somebody looks at this page and types into no other. */
export function isPageInUse(): boolean {
  return document.visibilityState === 'visible' && document.hasFocus();
}

type Streams = {
  get(terminal: number): Pick<TerminalStream, 'follow' | 'isKnownAtLink' | 'isSized'> | undefined;
};

/** Before streams attach again: makes those follow whose size is another page's, and tells which are newly so. */
export function followSizes(
  state: LabState,
  streams: Streams,
  { terminals, inUse }: { terminals: readonly TerminalState[]; inUse: boolean },
): TerminalState[] {
  return terminals.filter(({ terminal, size }) => {
    const stream = streams.get(terminal);
    if (stream === undefined || stream.isSized(size)) return false;
    const follows = !mayType(state) || state.sizedElsewhere[terminal] !== undefined;
    // A tab that nobody uses must not take the size from the one in use, which came back before it. Where nobody has
    // set another, what this one has now is its own news.
    const yields = !follows && !inUse && !stream.isKnownAtLink(size);
    if (follows || yields) stream.follow(size);
    return yields;
  });
}
