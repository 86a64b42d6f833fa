// The keys that a touch keyboard lacks, under the terminals. Ctrl holds for the next key. Knows no emulator.
'use client';

import { ArrowDown, ArrowLeft, ArrowRight, ArrowUp } from 'lucide-react';
import type { PointerEvent, ReactNode } from 'react';
import { useTexts } from '../texts/use-texts.tsx';
import css from './key-bar.module.css';
import { pressTouchKey, toggleCtrl, useCtrl } from './touch-keyboard.ts';
import type { TouchKey } from './touch-keys.ts';
import { touchKeys } from './touch-keys.ts';
import type { TerminalSettings } from './terminal-settings.ts';

const faces: Record<TouchKey, ReactNode> = {
  escape: 'Esc',
  tab: 'Tab',
  ctrl: 'Ctrl',
  left: <ArrowLeft size={17} aria-hidden="true" />,
  down: <ArrowDown size={17} aria-hidden="true" />,
  up: <ArrowUp size={17} aria-hidden="true" />,
  right: <ArrowRight size={17} aria-hidden="true" />,
  pipe: '|',
  slash: '/',
  hyphen: '-',
  tilde: '~',
};

/** The keyboard stays where it is: a tap that took it away would close it. */
function keepKeyboard(event: PointerEvent): void {
  event.preventDefault();
}

export function KeyBar({ when }: { when: TerminalSettings['keyBar'] }) {
  const texts = useTexts().deck;
  const ctrl = useCtrl();
  if (when === 'off') return null;
  return (
    <div
      className={css['bar']}
      role="toolbar"
      aria-label={texts.keys}
      data-when={when}
      data-testid="key-bar"
    >
      {touchKeys.map((key) => (
        <button
          key={key}
          type="button"
          aria-label={texts.key[key]}
          {...(key === 'ctrl' ? { 'aria-pressed': ctrl } : {})}
          onPointerDown={keepKeyboard}
          onClick={() => (key === 'ctrl' ? toggleCtrl() : pressTouchKey(key))}
        >
          {faces[key]}
        </button>
      ))}
    </div>
  );
}
