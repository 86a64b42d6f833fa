// Makes an emulator in an element and keeps its size and colours those of the page until the signal ends
// it. Knows no lab: what is typed goes to whichever stream is shown now.
import { notePaneSize } from '../../lab-client/pane-size.ts';
import type { TerminalStream } from '../../lab-client/terminal-stream.ts';
import { onSchemeChange } from '../theme/scheme.ts';
import { copyText } from '../clipboard.ts';
import type { Screen } from './screen.ts';
import { releaseCtrl, takeCtrl } from './touch-keyboard.ts';

/** A drag of the divider makes dozens of sizes; the shell needs the last one. */
const RESIZE_QUIET_MS = 80;

export type Mounting = {
  element: HTMLElement;
  label: string;
  tornHere: string;
  signal: AbortSignal;
  stream(): TerminalStream | undefined;
  intercept(text: string): boolean;
  mayType(): boolean;
  ownsSize(): boolean;
  offerCopy(text: string): void;
  /** Bytes that are typed, before they go. */
  typed(bytes: Uint8Array): void;
  search(): void;
  copyFailed(): void;
  /** So much waits to be sent that what was typed now was not taken. */
  refused(): void;
};

/** `refit`: the cells have another size. */
export type MountedScreen = Screen & { refit: () => void };

/** Starts the download of the emulator, for a page that will need it soon. */
export function loadScreenCode() {
  return import('./screen.ts');
}

/** Undefined when the signal came first. */
export async function mountScreen(mounting: Mounting): Promise<MountedScreen | undefined> {
  const { element, label, signal } = mounting;
  const { createScreen, whenFontReady } = await loadScreenCode();
  await whenFontReady();
  if (signal.aborted) return undefined;

  const encoder = new TextEncoder();
  const type = (bytes: Uint8Array): void => {
    if (!mounting.mayType()) return;
    mounting.typed(bytes);
    if (mounting.stream()?.type(bytes) === false) mounting.refused();
  };
  const screen = createScreen(element, label, {
    onText(text, isPersons) {
      const stream = mounting.stream();
      if (stream === undefined) return void mounting.intercept(text);
      // The emulator answers queries of a replay again; the program behind them has long had its answer.
      const isRepeated = stream.isReplaying() && !isPersons;
      if (isRepeated || mounting.intercept(text)) return;
      type(encoder.encode(isPersons ? takeCtrl(text) : text));
    },
    onBytes: type,
    pasting: releaseCtrl,
    offerCopy(text) {
      if (mounting.stream()?.isReplaying() === false) mounting.offerCopy(text);
    },
    search: () => mounting.search(),
    tornHere: mounting.tornHere,
    copy: (text) =>
      void copyText(text).then((copied) => {
        if (!copied) mounting.copyFailed();
      }),
  });
  signal.addEventListener('abort', () => screen.dispose());
  signal.addEventListener('abort', onSchemeChange(screen.recolour));
  const sizes = followSize(element, screen, mounting);
  signal.addEventListener('abort', () => sizes.stop());
  return { ...screen, refit: sizes.refit };
}

function followSize(element: HTMLElement, screen: Screen, mounting: Mounting) {
  let quiet: ReturnType<typeof setTimeout> | undefined;
  const refit = (): void => {
    if (!mounting.ownsSize()) return;
    const size = screen.fit();
    if (size === undefined) return;
    notePaneSize(size);
    clearTimeout(quiet);
    quiet = setTimeout(() => {
      // It may have been taken meanwhile.
      if (mounting.ownsSize()) mounting.stream()?.resize(size);
    }, RESIZE_QUIET_MS);
  };
  const watch = new ResizeObserver(refit);
  watch.observe(element);
  return {
    refit,
    stop(): void {
      watch.disconnect();
      clearTimeout(quiet);
    },
  };
}
