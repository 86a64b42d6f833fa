// One emulator on the page: xterm in an element, at the size of its host. Loaded on its own, since it is the
// largest part of the page. Knows no connection and no lab.
import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import type { TerminalSize } from '../../../server/protocol/ids.ts';
import { createWholeCharacters } from '../../../server/protocol/whole-characters.ts';
import { cleanPaste } from './clean-paste.ts';
import { drawFast, loadAddons, openLink } from './screen-addons.ts';
import { keepOrder } from './screen-order.ts';
import { keepPageKeys } from './screen-keys.ts';
import { loadSearch } from './screen-search.ts';
import { readHexColour, readTheme } from './screen-theme.ts';
import { followInput } from './user-input.ts';

const FONT = '"JetBrains Mono Variable"';
const SCROLLBACK_LINES = 5_000;
/** WCAG 2.2: 4.5 is AA, 7 is AAA, for programs' own colours too. */
const CONTRAST = { usual: 4.5, high: 7 };

export type ScreenLooks = {
  /** Pixels. */
  fontSize: number;
  highContrast: boolean;
};

export type Screen = ReturnType<typeof createScreen>;

export type ScreenEvents = {
  /** What was typed or pasted by a person, or replied by the emulator. */
  onText: (text: string, isPersons: boolean) => void;
  /** As onText, for mouse reports that are no text. */
  onBytes: (bytes: Uint8Array) => void;
  /** A person pastes: the text comes next. */
  pasting: () => void;
  offerCopy: (text: string) => void;
  /** The learner copies what is selected. */
  copy: (text: string) => void;
  search: () => void;
  /** What a mark says at which bytes may be missing. */
  tornHere: string;
};

export function createScreen(host: HTMLElement, label: string, events: ScreenEvents) {
  const terminal = new Terminal({
    allowProposedApi: true,
    convertEol: false,
    cursorBlink: true,
    fontFamily: `${FONT}, ui-monospace, "DejaVu Sans Mono", monospace`,
    fontWeight: 450,
    fontWeightBold: 700,
    lineHeight: 1.25,
    linkHandler: { activate: openLink },
    macOptionClickForcesSelection: true,
    scrollback: SCROLLBACK_LINES,
    theme: readTheme(host),
  });
  const characters = createWholeCharacters();
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  loadAddons(terminal, events.offerCopy);
  const search = loadSearch(terminal, (token) => readHexColour(host, token));
  followInput(terminal, events.onText);
  terminal.onBinary((text) => events.onBytes(Uint8Array.from(text, (char) => char.charCodeAt(0))));
  terminal.open(host);
  terminal.textarea?.setAttribute('aria-label', label);
  takePastes(terminal, events.pasting);
  keepPageKeys(terminal, events);
  drawFast(terminal);
  const order = keepOrder(terminal);

  return {
    write: (data: Uint8Array, parsed: () => void): void =>
      terminal.write(characters.take(data), parsed),
    reset(): void {
      characters.clear();
      order.reset();
    },
    markTear(): void {
      // After what was written before.
      terminal.write('', () => markLine(terminal, events.tornHere));
    },
    draw: (text: string, size: TerminalSize): void => order.draw(text, size),
    /** Takes the size of the host; undefined while the host is not shown. */
    fit(): TerminalSize | undefined {
      const size = fit.proposeDimensions();
      if (size === undefined || !(size.cols >= 2 && size.rows >= 1)) return undefined;
      const fitting = { cols: Math.min(1000, size.cols), rows: Math.min(1000, size.rows) };
      order.resizeNow(fitting);
      return fitting;
    },
    size: order.size,
    resize: (size: TerminalSize): void => order.resize(size),
    focus: (): void => terminal.focus(),
    search,
    /** As if typed, from a key that is not on the keyboard. */
    type: (text: string): void => terminal.input(text),
    hasApplicationCursor: (): boolean => terminal.modes.applicationCursorKeysMode,
    recolour: (): void => {
      terminal.options.theme = readTheme(host);
    },
    setLooks({ fontSize, highContrast }: ScreenLooks): void {
      terminal.options.fontSize = fontSize;
      terminal.options.minimumContrastRatio = highContrast ? CONTRAST.high : CONTRAST.usual;
      terminal.options.theme = readTheme(host);
    },
    setReader: (on: boolean): void => {
      terminal.options.screenReaderMode = on;
    },
    dispose(): void {
      order.stop();
      terminal.dispose();
    },
  };
}

/** Before the emulator, which would give them on as they are. */
function takePastes(terminal: Terminal, pasting: () => void): void {
  const take = (event: ClipboardEvent): void => {
    // The browser would lay it out in a field that nobody sees, ten megabytes in eight seconds.
    event.preventDefault();
    event.stopPropagation();
    const text = cleanPaste(event.clipboardData?.getData('text/plain') ?? '');
    if (text === '') return;
    pasting();
    terminal.paste(text);
  };
  terminal.element?.addEventListener('paste', take, { capture: true });
}

/** A quiet line over the one on which the cursor is. There is none on the screen of an editor, which draws itself. */
function markLine(terminal: Terminal, says: string): void {
  const marker = terminal.registerMarker(0);
  const mark = terminal.registerDecoration({ marker, width: terminal.cols, layer: 'top' });
  mark?.onRender((element) => {
    element.style.borderTop = '2px dashed var(--terminal-yellow)';
    element.style.boxSizing = 'border-box';
    element.title = says;
    element.setAttribute('role', 'note');
    element.setAttribute('aria-label', says);
    element.dataset['testid'] = 'torn';
  });
}

/** Cells are measured when the emulator opens, so its font must be there first. */
export async function whenFontReady(): Promise<void> {
  const wanted = [400, 700].map((weight) => document.fonts.load(`${weight} 16px ${FONT}`));
  const patience = new Promise((resolve) => setTimeout(resolve, 1_000));
  await Promise.race([Promise.all(wanted).catch(() => undefined), patience]);
}
