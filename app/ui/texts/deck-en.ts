// Around the terminals, in English.
import type { DeckTexts } from './deck-texts.ts';

export const deckEn: DeckTexts = {
  settings: 'Terminal settings',
  fontSize: 'Size of the text',
  smaller: 'Smaller',
  larger: 'Larger',
  colours: 'Colours',
  colour: {
    page: 'Like the page',
    light: 'Light',
    dark: 'Dark',
    contrast: 'High contrast',
  },
  keyBar: 'Bar of extra keys',
  programsCopy: 'Programs may copy to the clipboard',
  shortcuts: 'Keys',
  shortcut: [
    { keys: 'F6', does: 'to the lesson and back' },
    { keys: 'Ctrl+Shift+C', does: 'copy; so does Ctrl+C on a selection' },
    { keys: 'Ctrl+Shift+V', does: 'paste' },
    { keys: 'Ctrl+Shift+F', does: 'search' },
    { keys: 'Shift+PageUp', does: 'look back' },
  ],
  search: {
    open: 'Search in the terminal',
    label: 'Search for',
    previous: 'Previous match',
    next: 'Next match',
    close: 'Close the search',
    count({ at, all, hasMore }) {
      const many = `${hasMore ? 'over ' : ''}${all.toLocaleString('en')}`;
      return at === 0 ? many : `${at.toLocaleString('en')} of ${many}`;
    },
    none: 'Nothing found',
  },
  record: {
    start: 'Record this terminal',
    stop: 'Stop recording',
    mark: 'Recording',
    heading: 'Recordings',
    lead: 'What a terminal shows is recorded, and what the x-ray sees of your lab meanwhile; what you type unseen is not. Recordings go with the lab.',
    play: (terminal) =>
      terminal === undefined ? 'Play a closed terminal' : `Play terminal ${terminal}`,
    title: (terminal) =>
      terminal === undefined
        ? 'Recording of a closed terminal'
        : `Recording of terminal ${terminal}`,
    markers: 'Markers',
    download: 'Download (asciicast)',
    close: 'Close',
    loading: 'Fetching the recording…',
    failed: 'The recording could not be fetched. Try again once you are connected.',
    lacksLooks:
      'Part of what the x-ray saw cannot be shown: another version of Coulisse recorded it.',
  },
  away: {
    offline: 'This device is offline.',
    cut: 'The connection was lost.',
    restart: 'The server is being started again.',
    'not-ready': 'The server is not ready yet.',
    unreachable: 'The server does not answer.',
    kept: 'Your programs go on. What you type is kept, and sent as soon as it is back.',
  },
  keyboard: {
    asks: 'Somebody would like to type in your lab.',
    lend: 'Lend the keyboard',
    decline: 'No, thanks',
    lent: 'The keyboard is lent: somebody types in your lab, and you watch.',
    takeBack: 'Take the keyboard back',
    watching: 'You are watching this lab.',
    ask: 'Ask for the keyboard',
    waits: 'You have asked for the keyboard.',
    cancel: 'Never mind',
    yours: 'You have the keyboard of this lab.',
    giveBack: 'Give the keyboard back',
  },
  torn: 'The server was interrupted here: a few lines may be missing.',
  gap: 'Something is missing here: the server has earlier output no more. The program goes on.',
  redraw: 'Draw again',
  stopped: 'Nothing was shown since Ctrl+S, which stops a terminal’s output. Ctrl+Q lets it go on.',
  goOn: 'Go on',
  dismiss: 'Dismiss',
  keys: 'Extra keys',
  key: {
    escape: 'Escape',
    tab: 'Tab',
    ctrl: 'Ctrl, for the next key',
    left: 'Left',
    down: 'Down',
    up: 'Up',
    right: 'Right',
    pipe: 'Pipe',
    slash: 'Slash',
    hyphen: 'Hyphen',
    tilde: 'Tilde',
  },
};
