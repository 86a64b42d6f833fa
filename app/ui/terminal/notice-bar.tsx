// Says what was refused, or that the lab is another one, until it is dismissed. Knows no terminal.
'use client';

import { X } from 'lucide-react';
import { useLab } from '../../lab-client/hooks.ts';
import { dispatch } from '../../lab-client/session.ts';
import { useTexts } from '../texts/use-texts.tsx';
import css from './notice-bar.module.css';

export function NoticeBar() {
  const texts = useTexts();
  const notice = useLab((state) => state.notice);
  if (notice === undefined) return null;
  return (
    <output className={css['bar']}>
      <span>{texts.notice[notice]}</span>
      <button
        type="button"
        aria-label={texts.notice.dismiss}
        onClick={() => dispatch({ type: 'dismissed' })}
      >
        <X size={16} />
      </button>
    </output>
  );
}
