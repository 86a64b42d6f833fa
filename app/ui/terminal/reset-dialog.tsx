// Asks before the lab is thrown away. Knows no terminal.
'use client';

import { useEffect, useRef, useState } from 'react';
import { resetLab } from '../../lab-client/session.ts';
import { useTexts } from '../texts/use-texts.tsx';
import css from './reset-dialog.module.css';

export function ResetDialog({ onClose }: { onClose: () => void }) {
  const texts = useTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  const [home, setHome] = useState<'keep' | 'empty'>('keep');
  useEffect(() => dialog.current?.showModal(), []);

  return (
    <dialog ref={dialog} className={css['dialog']} aria-labelledby="reset-title" onClose={onClose}>
      <h2 id="reset-title">{texts.terminal.resetTitle}</h2>
      <p>{texts.terminal.resetText}</p>
      <form method="dialog">
        <fieldset className={css['choice']}>
          <legend className={css['legend']}>{texts.terminal.resetHome.question}</legend>
          {(['keep', 'empty'] as const).map((choice) => (
            <label key={choice}>
              <input
                type="radio"
                name="home"
                checked={home === choice}
                onChange={() => setHome(choice)}
              />
              {texts.terminal.resetHome[choice]}
            </label>
          ))}
        </fieldset>
        <div className={css['actions']}>
          <button type="submit" className={css['cancel']}>
            {texts.terminal.cancel}
          </button>
          <button type="submit" className={css['confirm']} onClick={() => resetLab(home)}>
            {texts.terminal.resetYes}
          </button>
        </div>
      </form>
    </dialog>
  );
}
