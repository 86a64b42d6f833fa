// Asks before the lab is thrown away. Knows no terminal.
'use client';

import { useEffect, useRef } from 'react';
import { resetLab } from '../../lab-client/session.ts';
import { useTexts } from '../texts/use-texts.tsx';
import css from './reset-dialog.module.css';

export function ResetDialog({ onClose }: { onClose: () => void }) {
  const texts = useTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);

  return (
    <dialog ref={dialog} className={css['dialog']} aria-labelledby="reset-title" onClose={onClose}>
      <h2 id="reset-title">{texts.terminal.resetTitle}</h2>
      <p>{texts.terminal.resetText}</p>
      <form method="dialog" className={css['actions']}>
        <button type="submit" className={css['cancel']}>
          {texts.terminal.cancel}
        </button>
        <button type="submit" className={css['confirm']} onClick={resetLab}>
          {texts.terminal.resetYes}
        </button>
      </form>
    </dialog>
  );
}
