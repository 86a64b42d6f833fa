// One of the two terminals: its emulator, the search in it, and that it is recorded. Knows no tabs.
'use client';

import { useEffect, useRef } from 'react';
import { useLab } from '../../lab-client/hooks.ts';
import type { SlotNumber } from '../../lab-client/lab-state.ts';
import { terminalOf } from '../../lab-client/lab-state.ts';
import { dispatch, openTerminal } from '../../lab-client/session.ts';
import { changeView } from '../shell/view-state.ts';
import { useTexts } from '../texts/use-texts.tsx';
import { PlaceBars } from './place-bars.tsx';
import { SearchBar } from './search-bar.tsx';
import css from './terminal-place.module.css';
import { useTerminalSettings } from './terminal-settings.ts';
import { aimTouchKeys } from './touch-keyboard.ts';
import { useCopyOffers } from './use-copy-offers.ts';
import { useScreen } from './use-screen.ts';

type Props = {
  slot: SlotNumber;
  shown: boolean;
  /** The one that the page speaks of: where the extra keys go until another is touched. */
  active: boolean;
  reader: boolean;
  searching: boolean;
  /** Rises each time the page wants the keyboard in this terminal. */
  focusWish: number;
};

export function TerminalPlace(props: Props) {
  const { slot: number, shown, active, reader, searching, focusWish } = props;
  const texts = useTexts();
  const host = useRef<HTMLDivElement>(null);
  const slot = useLab((state) => state.slots[number]);
  const terminal = terminalOf(slot);
  const isRecorded = useLab((state) =>
    terminal === undefined ? false : state.recordings[terminal]?.ended === null,
  );
  const settings = useTerminalSettings();
  const offers = useCopyOffers();
  const granted = useRef(0);
  const { screen, stopped, focus, claimSize, redraw, type } = useScreen(host, {
    terminal,
    label: texts.terminal.tab(number),
    tornHere: texts.deck.torn,
    reader,
    settings,
    onSearch: () => changeView({ active: number, searching: true }),
    onCopyFailed: () => dispatch({ type: 'noticed', notice: 'copy-failed' }),
    onCopyOffer: (text) => offers.offer(text),
    intercept(text) {
      if (slot.state !== 'ended' && slot.state !== 'empty') return false;
      if (text === '\r') openTerminal(number);
      return true;
    },
  });
  useEffect(() => {
    if (screen === undefined || focusWish === granted.current) return;
    granted.current = focusWish;
    focus();
  }, [focusWish, screen, focus]);

  useEffect(() => {
    if (!active || screen === undefined) return;
    aimTouchKeys(screen);
    return () => aimTouchKeys(undefined);
  }, [active, screen]);

  function closeSearch(): void {
    changeView({ searching: false });
    focus();
  }

  return (
    <section
      className={css['place']}
      aria-label={texts.terminal.tab(number)}
      data-testid="terminal-pane"
      data-terminal={number}
      data-state={slot.state}
      data-colours={settings.colours}
      hidden={!shown}
    >
      <div className={css['screen']} ref={host} onFocus={() => aimTouchKeys(screen)} />
      {isRecorded && (
        <p className={css['recorded']} data-testid="recording-mark">
          {texts.deck.record.mark}
        </p>
      )}
      {searching && screen !== undefined && (
        <SearchBar search={screen.search} onClose={closeSearch} />
      )}
      <PlaceBars
        number={number}
        slot={slot}
        stopped={stopped}
        offered={offers.offered}
        onGoOn={() => {
          type('\u0011');
          focus();
        }}
        onOffer={(leave) => {
          offers.answer(leave);
          focus();
        }}
        onClaimSize={claimSize}
        onRedraw={() => {
          redraw();
          focus();
        }}
      />
    </section>
  );
}
