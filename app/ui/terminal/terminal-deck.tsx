// The terminal side of the page: bar, two places, the curtain before them, the x-ray under them, the status
// line below. Knows no lesson.
'use client';

import { useEffect } from 'react';
import { Group, Panel, Separator } from 'react-resizable-panels';
import { useLab } from '../../lab-client/hooks.ts';
import { slotNumbers } from '../../lab-client/lab-state.ts';
import { keepLayout, recallLayout } from '../shell/kept-layout.ts';
import { isXrayShown, recallView, useView } from '../shell/view-state.ts';
import { useTexts } from '../texts/use-texts.tsx';
import type { CourseMap } from '../shell/course-map.ts';
import { XrayPanel } from '../xray/xray-panel.tsx';
import { AwayBar } from './away-bar.tsx';
import { DeckBar } from './deck-bar.tsx';
import { LabCurtain } from './lab-curtain.tsx';
import { loadScreenCode } from './mount-screen.ts';
import { KeyBar } from './key-bar.tsx';
import { KeyboardBar } from './keyboard-bar.tsx';
import { NoticeBar } from './notice-bar.tsx';
import { StatusLine } from './status-line.tsx';
import css from './terminal-deck.module.css';
import { TerminalPlace } from './terminal-place.tsx';
import { recallSettings, useTerminalSettings } from './terminal-settings.ts';

export function TerminalDeck({ course }: { course: CourseMap }) {
  const texts = useTexts();
  const view = useView();
  const { active, split, reader, searching, focusWish, side } = view;
  const { keyBar } = useTerminalSettings();
  const phase = useLab((state) => state.connection.phase);
  const slots = useLab((state) => state.slots);
  useEffect(() => {
    recallView();
    recallSettings();
    void loadScreenCode();
  }, []);
  const begun = phase !== 'idle' && phase !== 'stopped';
  const isDrawn = begun && (isXrayShown(view) || side === 'xray');

  return (
    <section
      className={css['deck']}
      id="terminals"
      aria-label={texts.terminal.region}
      data-side={side}
      data-drawn={isDrawn}
    >
      <DeckBar course={course} />
      <AwayBar />
      <NoticeBar />
      <KeyboardBar />
      <Group
        className={css['halves']}
        orientation="vertical"
        onLayoutChanged={(layout, { isUserInteraction }) => {
          if (isUserInteraction) keepLayout('xray-layout', layout);
        }}
      >
        <Panel id="screens" className={css['half']} minSize="20%">
          <div className={css['stage']} data-split={split && slots[2].state !== 'empty'}>
            {begun &&
              slotNumbers
                .filter((number) => number === 1 || slots[number].state !== 'empty')
                .map((number) => (
                  <TerminalPlace
                    key={number}
                    slot={number}
                    reader={reader}
                    active={number === active || slots[2].state === 'empty'}
                    searching={searching && number === active}
                    shown={split || number === active || slots[2].state === 'empty'}
                    focusWish={number === active ? focusWish : 0}
                  />
                ))}
            <LabCurtain />
          </div>
        </Panel>
        {isDrawn && (
          <>
            <Separator className={css['divider']} aria-label={texts.xray.divider} />
            <Panel
              id="xray-half"
              className={css['half']}
              defaultSize={recalledHeight()}
              minSize="18%"
            >
              <XrayPanel />
            </Panel>
          </>
        )}
      </Group>
      {begun && side !== 'xray' && <KeyBar when={keyBar} />}
      <StatusLine />
    </section>
  );
}

/** Of the terminals' side, as this browser was last told. */
function recalledHeight(): string {
  return `${recallLayout('xray-layout')?.['xray-half'] ?? 50}%`;
}
