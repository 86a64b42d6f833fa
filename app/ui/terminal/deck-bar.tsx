// The bar over the terminals: which one is shown, opening the second, both at once, search, recording,
// settings and the reset of the lab. Knows no emulator.
'use client';

import { Columns2, Plus, RotateCcw, ScanEye, Search, Square, X } from 'lucide-react';
import { useState } from 'react';
import { useLab } from '../../lab-client/hooks.ts';
import { ownsLab } from '../../lab-client/keyboard.ts';
import type { SlotNumber } from '../../lab-client/lab-state.ts';
import { slotNumbers } from '../../lab-client/lab-state.ts';
import { closeTerminal, openTerminal } from '../../lab-client/session.ts';
import type { CourseMap } from '../shell/course-map.ts';
import {
  changeView,
  focusTerminal,
  isXrayShown,
  toggleSplit,
  toggleXray,
  useView,
} from '../shell/view-state.ts';
import { useTexts } from '../texts/use-texts.tsx';
import css from './deck-bar.module.css';
import { RecordButton } from './record-button.tsx';
import { RecordingDialog } from './recording-dialog.tsx';
import { ResetDialog } from './reset-dialog.tsx';
import { SettingsMenu } from './settings-menu.tsx';

export function DeckBar({ course }: { course: CourseMap }) {
  const texts = useTexts();
  const view = useView();
  const { active, split, searching } = view;
  const drawn = isXrayShown(view);
  const [playing, setPlaying] = useState<number | undefined>(undefined);
  const [asking, setAsking] = useState(false);
  const slots = useLab((state) => state.slots);
  const owns = useLab(ownsLab);
  const tabs = slotNumbers.filter((number) => number === 1 || slots[number].state !== 'empty');
  const both = tabs.length === 2;

  function close(number: SlotNumber): void {
    closeTerminal(number);
    focusTerminal(1);
  }

  return (
    <div className={css['bar']}>
      <div className={css['tabs']}>
        {tabs.map((number) => (
          <span key={number} className={css['tab']} data-active={number === active || !both}>
            <button
              type="button"
              className={css['name']}
              aria-pressed={number === active || !both}
              onClick={() => focusTerminal(number)}
            >
              <span className={css['prompt']} aria-hidden="true">
                ❯
              </span>
              {texts.terminal.tab(number)}
            </button>
            {number === 2 && (
              <button
                type="button"
                className={css['close']}
                aria-label={texts.terminal.close(2)}
                title={texts.terminal.close(2)}
                onClick={() => close(2)}
              >
                <X size={14} />
              </button>
            )}
          </span>
        ))}
        {!both && owns && (
          <button
            type="button"
            className={css['open']}
            data-testid="open-terminal-2"
            aria-label={texts.terminal.open(2)}
            title={texts.terminal.open(2)}
            onClick={() => {
              openTerminal(2);
              focusTerminal(2);
            }}
          >
            <Plus size={16} aria-hidden="true" />
            <span>{texts.terminal.tab(2)}</span>
          </button>
        )}
      </div>
      <div className={css['tools']}>
        {both && (
          <button
            type="button"
            className={css['tool']}
            aria-pressed={split}
            aria-label={texts.terminal.split}
            title={split ? texts.terminal.tabs : texts.terminal.split}
            onClick={toggleSplit}
          >
            {split ? <Square size={17} /> : <Columns2 size={17} />}
          </button>
        )}
        <button
          type="button"
          className={css['tool']}
          data-testid="xray-toggle"
          data-wide=""
          aria-pressed={drawn}
          aria-label={texts.xray.title}
          title={drawn ? texts.xray.hide : texts.xray.show}
          onClick={toggleXray}
        >
          <ScanEye size={17} />
        </button>
        <button
          type="button"
          className={css['tool']}
          disabled={slots[active].state === 'empty'}
          aria-pressed={searching}
          aria-label={texts.deck.search.open}
          title={texts.deck.search.open}
          data-testid="search"
          onClick={() => changeView({ searching: !searching })}
        >
          <Search size={16} />
        </button>
        <RecordButton className={css['tool']} active={active} />
        <SettingsMenu className={css['tool']} onPlay={setPlaying} />
        <button
          type="button"
          className={css['tool']}
          disabled={!owns}
          aria-label={texts.terminal.reset}
          title={texts.terminal.reset}
          onClick={() => setAsking(true)}
        >
          <RotateCcw size={16} />
        </button>
      </div>
      {playing !== undefined && (
        <RecordingDialog terminal={playing} course={course} onClose={() => setPlaying(undefined)} />
      )}
      {asking && <ResetDialog onClose={() => setAsking(false)} />}
    </div>
  );
}
