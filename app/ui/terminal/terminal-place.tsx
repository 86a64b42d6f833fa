// One of the two terminals: its emulator, and what is said over it when its shell has ended, when a program
// wants the clipboard, or when another page has set its size. Knows no tabs.
'use client';

import { useEffect, useRef, useState } from 'react';
import { useLab } from '../../lab-client/hooks.ts';
import type { Slot, SlotNumber } from '../../lab-client/lab-state.ts';
import { terminalOf } from '../../lab-client/lab-state.ts';
import { openTerminal } from '../../lab-client/session.ts';
import type { Texts } from '../texts/texts.ts';
import { useTexts } from '../texts/use-texts.tsx';
import css from './terminal-place.module.css';
import { useScreen } from './use-screen.ts';

type Props = {
  slot: SlotNumber;
  shown: boolean;
  reader: boolean;
  /** Rises each time the page wants the keyboard in this terminal. */
  focusWish: number;
};

export function TerminalPlace({ slot: number, shown, reader, focusWish }: Props) {
  const texts = useTexts();
  const host = useRef<HTMLDivElement>(null);
  const [offer, setOffer] = useState<string | undefined>(undefined);
  const slot = useLab((state) => state.slots[number]);
  const terminal = terminalOf(slot);
  const elsewhere = useLab((state) =>
    terminal === undefined ? undefined : state.sizedElsewhere[terminal],
  );
  const granted = useRef(0);
  const { ready, focus, claimSize } = useScreen(host, {
    terminal,
    label: texts.terminal.tab(number),
    reader,
    onCopyOffer: setOffer,
    intercept(text) {
      if (slot.state !== 'ended') return false;
      if (text === '\r') openTerminal(number);
      return true;
    },
  });
  useEffect(() => {
    if (!ready || focusWish === granted.current) return;
    granted.current = focusWish;
    focus();
  }, [focusWish, ready, focus]);

  function answerOffer(allowed: boolean): void {
    if (allowed && offer !== undefined) {
      void navigator.clipboard?.writeText(offer).catch(() => undefined);
    }
    setOffer(undefined);
    focus();
  }

  return (
    <section
      className={css['place']}
      aria-label={texts.terminal.tab(number)}
      data-testid="terminal-pane"
      data-terminal={number}
      data-state={slot.state}
      hidden={!shown}
    >
      <div className={css['screen']} ref={host} />
      {slot.state === 'ended' && (
        <output className={css['bar']}>
          <span>{texts.terminal.ended(endingOf(slot, texts))}</span>
          <button type="button" className={css['action']} onClick={() => openTerminal(number)}>
            {texts.terminal.reopen}
          </button>
        </output>
      )}
      {offer !== undefined && (
        <p className={css['bar']} role="alert">
          <span>{texts.terminal.clipboardAsk}</span>
          <button type="button" className={css['action']} onClick={() => answerOffer(true)}>
            {texts.terminal.allow}
          </button>
          <button type="button" className={css['quiet']} onClick={() => answerOffer(false)}>
            {texts.terminal.refuse}
          </button>
        </p>
      )}
      {elsewhere !== undefined && (
        <output className={css['bar']}>
          <span>{texts.terminal.elsewhere(elsewhere.cols, elsewhere.rows)}</span>
          <button type="button" className={css['action']} onClick={claimSize}>
            {texts.terminal.useMySize}
          </button>
        </output>
      )}
    </section>
  );
}

function endingOf(slot: Extract<Slot, { state: 'ended' }>, texts: Texts): string {
  if (slot.signal !== null && slot.signal > 0) return texts.terminal.exitSignal(slot.signal);
  if (slot.code !== null) return texts.terminal.exitCode(slot.code);
  return texts.terminal.exitUnknown;
}
