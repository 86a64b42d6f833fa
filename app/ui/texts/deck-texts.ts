// What is said around the terminals, as one type that each language fills. Knows no React.
import type { Colours } from '../terminal/terminal-settings.ts';
import type { TouchKey } from '../terminal/touch-keys.ts';

export type DeckTexts = {
  settings: string;
  fontSize: string;
  smaller: string;
  larger: string;
  colours: string;
  colour: Record<Colours, string>;
  keyBar: string;
  programsCopy: string;
  shortcuts: string;
  shortcut: readonly { keys: string; does: string }[];
  search: {
    open: string;
    label: string;
    previous: string;
    next: string;
    close: string;
    /** `at` is 0 when the current match is beyond those counted. */
    count: (matches: { at: number; all: number; hasMore: boolean }) => string;
    none: string;
  };
  record: {
    start: string;
    stop: string;
    /** Stands on the terminal while it is recorded. */
    mark: string;
    heading: string;
    lead: string;
    /** Undefined: of a terminal that is closed. */
    play: (terminal: number | undefined) => string;
    title: (terminal: number | undefined) => string;
    markers: string;
    download: string;
    close: string;
    loading: string;
    failed: string;
    lacksLooks: string;
  };
  away: {
    offline: string;
    cut: string;
    restart: string;
    'not-ready': string;
    unreachable: string;
    kept: string;
  };
  keyboard: {
    asks: string;
    lend: string;
    decline: string;
    lent: string;
    takeBack: string;
    watching: string;
    ask: string;
    waits: string;
    cancel: string;
    yours: string;
    giveBack: string;
  };
  gap: string;
  /** Of a place in the output where bytes may be missing. */
  torn: string;
  redraw: string;
  stopped: string;
  goOn: string;
  dismiss: string;
  keys: string;
  key: Record<TouchKey, string>;
};
