// Keeps an emulator in an element and shows one terminal of the lab on it: bytes both ways, size, colours,
// screen reader mode. The emulator is there before the terminal is, so that the shell is born at its size.
// Draws no frame around it.
'use client';

import type { RefObject } from 'react';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { TerminalSize } from '../../../server/protocol/ids.ts';
import { onRememberedElsewhere, recall, remember } from '../../lab-client/browser-storage.ts';
import { useLab } from '../../lab-client/hooks.ts';
import { mayType, ownsSize } from '../../lab-client/keyboard.ts';
import { dispatch, getLabState, onServerMessage, streams } from '../../lab-client/session.ts';
import type { TerminalStream } from '../../lab-client/terminal-stream.ts';
import type { OutputStop } from '../../lab-client/output-stop.ts';
import { watchOutputStop } from '../../lab-client/output-stop.ts';
import { readStop, writeStop } from '../../lab-client/stop-memory.ts';
import type { MountedScreen } from './mount-screen.ts';
import { mountScreen } from './mount-screen.ts';
import type { Screen } from './screen.ts';
import type { TerminalSettings } from './terminal-settings.ts';
import { useSeen } from './use-seen.ts';

export type ScreenOptions = {
  /** Undefined until the lab has opened it. */
  terminal: number | undefined;
  label: string;
  tornHere: string;
  reader: boolean;
  settings: TerminalSettings;
  onSearch(): void;
  onCopyFailed(): void;
  onCopyOffer(text: string): void;
  /** Typed text that the caller takes for itself, by returning true. */
  intercept(text: string): boolean;
};

/** A terminal behind a tab keeps the size it has: another page may show it. */
function takeSize(screen: Screen, size: TerminalSize | undefined): TerminalSize {
  if (size !== undefined) screen.resize(size);
  return screen.size();
}

export function useScreen(host: RefObject<HTMLElement | null>, options: ScreenOptions) {
  const { terminal, label, tornHere, reader, settings } = options;
  const [screen, setScreen] = useState<MountedScreen | undefined>(undefined);
  /** ^S was typed, and nothing printed since. */
  const [stopped, setStopped] = useState(false);
  const outputStop = useRef<OutputStop | undefined>(undefined);
  const stream = useRef<TerminalStream | undefined>(undefined);
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });
  const epoch = useLab((state) => state.epoch);
  const seen = useSeen();
  const types = useLab(mayType);
  const lentBefore = useRef(false);
  const told = useLab((state) => (terminal === undefined ? undefined : state.sizes[terminal]));
  const elsewhere = useLab((state) =>
    terminal === undefined ? undefined : state.sizedElsewhere[terminal],
  );

  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const gone = new AbortController();
    const mounting = mountScreen({
      element,
      label,
      tornHere,
      signal: gone.signal,
      stream: () => stream.current,
      intercept: (text) => latest.current.intercept(text),
      mayType: () => mayType(getLabState()),
      ownsSize: () => ownsSize(getLabState(), latest.current.terminal),
      offerCopy: (text) => latest.current.onCopyOffer(text),
      typed: (bytes) => outputStop.current?.handleTyped(bytes),
      search: () => latest.current.onSearch(),
      copyFailed: () => latest.current.onCopyFailed(),
      refused: () => dispatch({ type: 'noticed', notice: 'input-full' }),
    });
    void mounting.then((made) => {
      if (!gone.signal.aborted) setScreen(made);
    });
    return () => {
      setScreen(undefined);
      gone.abort();
    };
  }, [host, label, tornHere]);

  useEffect(() => {
    // A lab of its own for each epoch: the same number there is another terminal.
    if (screen === undefined || terminal === undefined || epoch === 0) return;
    // To show it takes its size, from the tab that is looked at.
    if (!seen) return;
    const shown = streams.of(terminal);
    stream.current = shown;
    const place = { createdAt: getLabState().createdAt, terminal };
    let stoppedAt = readStop(recall('stopped'), place);
    const stop = watchOutputStop((isStopped) => {
      setStopped(isStopped);
      stoppedAt = isStopped ? shown.end() : undefined;
      remember('stopped', writeStop(recall('stopped'), place, stoppedAt));
    });
    outputStop.current = stop;
    const unlisten = shown.onOutput(() => {
      if (shown.end() === stoppedAt) stop.handleKnown(true);
      else stop.handleOutput();
    });
    const unhear = onRememberedElsewhere('stopped', () => {
      // Beyond what has come here: known once that has.
      stoppedAt = readStop(recall('stopped'), place);
      stop.handleKnown(stoppedAt === shown.end());
    });
    const unflow = onServerMessage((message) => {
      if (message.type !== 'flow' || message.terminal !== terminal) return;
      // Of a replay that is still to come it is where that ends.
      stoppedAt = message.stop && message.end > shown.end() ? message.end : undefined;
      stop.handleKey(message.stop);
    });
    const size = ownsSize(getLabState(), terminal) ? screen.fit() : undefined;
    shown.show(screen, size ?? takeSize(screen, getLabState().sizes[terminal]));
    return () => {
      stream.current = undefined;
      outputStop.current = undefined;
      unlisten();
      unhear();
      unflow();
      stop.close();
      setStopped(false);
      shown.hide();
      screen.reset();
    };
  }, [screen, terminal, epoch, seen]);

  useEffect(() => {
    if (screen === undefined || terminal === undefined) return;
    // Whoever gets the keyboard gets the size with it.
    if (!types) takeSize(screen, told);
    else if (lentBefore.current) {
      const size = screen.fit();
      if (size !== undefined) stream.current?.resize(size);
      stream.current?.claimSize();
      dispatch({ type: 'sized-here', terminal });
    }
    lentBefore.current = !types;
  }, [screen, terminal, types, told]);

  useEffect(() => screen?.setReader(reader), [screen, reader]);
  const { fontSize, colours } = settings;
  useEffect(() => {
    screen?.setLooks({ fontSize, highContrast: colours === 'contrast' });
    screen?.refit();
  }, [screen, fontSize, colours]);
  useEffect(() => {
    if (elsewhere !== undefined) screen?.resize(elsewhere);
  }, [screen, elsewhere]);

  const focus = useCallback(() => screen?.focus(), [screen]);
  return {
    screen,
    stopped,
    focus,
    redraw: (): void => stream.current?.redraw(),
    /** As if typed. */
    type: (text: string): void => screen?.type(text),
    /** Back to this page's size, after another page has set its own. */
    claimSize: (): void => {
      const size = screen?.fit();
      if (size !== undefined) stream.current?.resize(size);
      stream.current?.claimSize();
      if (terminal !== undefined) dispatch({ type: 'sized-here', terminal });
    },
  };
}
