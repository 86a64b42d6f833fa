// The terminal side of the page: bar, two places, the curtain before them, the status line below.
// Knows no lesson.
'use client';

import { useEffect } from 'react';
import { useLab } from '../../lab-client/hooks.ts';
import { slotNumbers } from '../../lab-client/lab-state.ts';
import { recallView, useView } from '../shell/view-state.ts';
import { useTexts } from '../texts/use-texts.tsx';
import { DeckBar } from './deck-bar.tsx';
import { LabCurtain } from './lab-curtain.tsx';
import { loadScreenCode } from './mount-screen.ts';
import { NoticeBar } from './notice-bar.tsx';
import { StatusLine } from './status-line.tsx';
import css from './terminal-deck.module.css';
import { TerminalPlace } from './terminal-place.tsx';

export function TerminalDeck() {
  const texts = useTexts();
  const { active, split, reader, focusWish } = useView();
  const phase = useLab((state) => state.connection.phase);
  const slots = useLab((state) => state.slots);
  useEffect(() => {
    recallView();
    void loadScreenCode();
  }, []);
  const begun = phase !== 'idle' && phase !== 'stopped';

  return (
    <section className={css['deck']} id="terminals" aria-label={texts.terminal.region}>
      <DeckBar />
      <NoticeBar />
      <div className={css['stage']} data-split={split && slots[2].state !== 'empty'}>
        {begun &&
          slotNumbers
            .filter((number) => number === 1 || slots[number].state !== 'empty')
            .map((number) => (
              <TerminalPlace
                key={number}
                slot={number}
                reader={reader}
                shown={split || number === active || slots[2].state === 'empty'}
                focusWish={number === active ? focusWish : 0}
              />
            ))}
        <LabCurtain />
      </div>
      <StatusLine />
    </section>
  );
}
