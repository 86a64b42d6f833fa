// Counts down the life of the lab when that matters, with the way to keep it. Knows no emulator.
'use client';

import { useLab } from '../../lab-client/hooks.ts';
import { ownsLab } from '../../lab-client/keyboard.ts';
import { send } from '../../lab-client/session.ts';
import { useTexts } from '../texts/use-texts.tsx';
import css from './status-line.module.css';
import { clockText, useSecondsUntil } from './use-seconds-until.ts';

/** From here on it is said aloud, not only shown. */
const SOON_SECONDS = 5 * 60;

export function LifetimeClock() {
  const texts = useTexts().lifetime;
  const lifetime = useLab((state) => state.lifetime);
  const live = useLab((state) => state.connection.phase === 'live');
  const owns = useLab(ownsLab);
  const seconds = useSecondsUntil(lifetime?.endsAt);
  if (lifetime === undefined || !live) return null;
  const soon = seconds < SOON_SECONDS;
  if (!soon && lifetime.reason === 'age') return null;

  const left = clockText(seconds);
  const text = seconds === 0 ? texts.over : texts[lifetime.reason](left);
  return (
    <p className={css['lifetime']} data-soon={soon} data-testid="lifetime">
      <span role="timer">{text}</span>
      {lifetime.reason === 'idle' && owns && (
        <button
          type="button"
          className={css['link']}
          data-testid="keep"
          onClick={() => send({ type: 'keep' })}
        >
          {texts.keep}
        </button>
      )}
    </p>
  );
}
