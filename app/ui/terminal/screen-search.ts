// Finds text in what an emulator holds, and marks it. Knows no bar.
import { SearchAddon } from '@xterm/addon-search';
import type { ISearchOptions } from '@xterm/addon-search';
import type { Terminal } from '@xterm/xterm';

/** `at` counts from 1; 0 when the current match is none of those counted, the first MOST_MATCHES. */
export type Matches = { at: number; all: number; hasMore: boolean };

/** Each is marked by an element of its own. */
const MOST_MATCHES = 1_000;

export type ScreenSearch = ReturnType<typeof loadSearch>;

export function loadSearch(terminal: Terminal, colour: (token: string) => string) {
  const addon = new SearchAddon({ highlightLimit: MOST_MATCHES + 1 });
  terminal.loadAddon(addon);

  const options = (incremental: boolean): ISearchOptions => ({
    incremental,
    decorations: {
      matchBackground: colour('match'),
      matchOverviewRuler: colour('match'),
      activeMatchBackground: colour('match-active'),
      activeMatchColorOverviewRuler: colour('match-active'),
    },
  });
  return {
    next: (text: string): boolean => addon.findNext(text, options(false)),
    previous: (text: string): boolean => addon.findPrevious(text, options(false)),
    /** While it is being typed: what is found stays found as long as it fits. */
    whileTyping: (text: string): boolean => addon.findPrevious(text, options(true)),
    clear(): void {
      addon.clearDecorations();
      terminal.clearSelection();
    },
    onMatches(listener: (matches: Matches) => void): () => void {
      const heard = addon.onDidChangeResults(({ resultIndex, resultCount }) =>
        listener({
          at: resultIndex + 1,
          all: Math.min(resultCount, MOST_MATCHES),
          hasMore: resultCount > MOST_MATCHES,
        }),
      );
      return () => heard.dispose();
    },
  };
}
