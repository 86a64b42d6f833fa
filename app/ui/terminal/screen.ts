// One emulator on the page: xterm in an element, at the size of its host. Loaded on its own, since it is the
// largest part of the page. Knows no connection and no lab.
import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import type { TerminalSize } from '../../../server/protocol/ids.ts';
import { drawFast, loadAddons, openLink } from './screen-addons.ts';
import { keepPageKeys } from './screen-keys.ts';
import { readTheme } from './screen-theme.ts';

const FONT = '"JetBrains Mono Variable"';
const FONT_SIZE = 13.5;
const SCROLLBACK_LINES = 5_000;

export type Screen = ReturnType<typeof createScreen>;

export type ScreenEvents = {
  /** What was typed, pasted or replied by the emulator. */
  onText: (text: string) => void;
  /** As onText, for mouse reports that are no text. */
  onBytes: (bytes: Uint8Array) => void;
  offerCopy: (text: string) => void;
};

export function createScreen(host: HTMLElement, label: string, events: ScreenEvents) {
  const terminal = new Terminal({
    allowProposedApi: true,
    convertEol: false,
    cursorBlink: true,
    fontFamily: `${FONT}, ui-monospace, "DejaVu Sans Mono", monospace`,
    fontSize: FONT_SIZE,
    fontWeight: 450,
    fontWeightBold: 700,
    lineHeight: 1.25,
    linkHandler: { activate: openLink },
    macOptionClickForcesSelection: true,
    minimumContrastRatio: 4.5,
    scrollback: SCROLLBACK_LINES,
    theme: readTheme(host),
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  loadAddons(terminal, events.offerCopy);
  terminal.onData(events.onText);
  terminal.onBinary((text) => events.onBytes(Uint8Array.from(text, (char) => char.charCodeAt(0))));
  terminal.open(host);
  terminal.textarea?.setAttribute('aria-label', label);
  keepPageKeys(terminal);
  drawFast(terminal);

  return {
    write: (data: Uint8Array, parsed: () => void): void => terminal.write(data, parsed),
    reset: (): void => terminal.reset(),
    /** Takes the size of the host; undefined while the host is not shown. */
    fit(): TerminalSize | undefined {
      const size = fit.proposeDimensions();
      if (size === undefined || !(size.cols >= 2 && size.rows >= 1)) return undefined;
      const cols = Math.min(1000, size.cols);
      const rows = Math.min(1000, size.rows);
      if (cols !== terminal.cols || rows !== terminal.rows) terminal.resize(cols, rows);
      return { cols, rows };
    },
    size: (): TerminalSize => ({ cols: terminal.cols, rows: terminal.rows }),
    resize: ({ cols, rows }: TerminalSize): void => terminal.resize(cols, rows),
    focus: (): void => terminal.focus(),
    recolour: (): void => {
      terminal.options.theme = readTheme(host);
    },
    setReader: (on: boolean): void => {
      terminal.options.screenReaderMode = on;
    },
    dispose: (): void => terminal.dispose(),
  };
}

/** Cells are measured when the emulator opens, so its font must be there first. */
export async function whenFontReady(): Promise<void> {
  const wanted = [400, 700].map((weight) => document.fonts.load(`${weight} 16px ${FONT}`));
  const patience = new Promise((resolve) => setTimeout(resolve, 1_000));
  await Promise.race([Promise.all(wanted).catch(() => undefined), patience]);
}
