// On a narrow screen: the lesson, the terminal or the x-ray. Knows none of them.
'use client';

import { BookOpen, ScanEye, SquareTerminal } from 'lucide-react';
import { useLab } from '../../lab-client/hooks.ts';
import { useTexts } from '../texts/use-texts.tsx';
import css from './side-bar.module.css';
import { changeView, useView } from './view-state.ts';

export function SideBar() {
  const texts = useTexts();
  const { side } = useView();
  const live = useLab((state) => state.connection.phase === 'live');
  return (
    <div className={css['bar']} data-testid="side-bar">
      <button
        type="button"
        aria-pressed={side === 'lesson'}
        onClick={() => changeView({ side: 'lesson' })}
      >
        <BookOpen size={19} aria-hidden="true" />
        {texts.terminal.phoneLesson}
      </button>
      <button
        type="button"
        aria-pressed={side === 'terminal'}
        onClick={() => changeView({ side: 'terminal' })}
      >
        <SquareTerminal size={19} aria-hidden="true" />
        {texts.terminal.phoneTerminal}
        {live && <span className={css['lamp']} aria-hidden="true" />}
      </button>
      <button
        type="button"
        aria-pressed={side === 'xray'}
        onClick={() => changeView({ side: 'xray' })}
      >
        <ScanEye size={19} aria-hidden="true" />
        {texts.xray.phone}
      </button>
    </div>
  );
}
