// While the lab is away: why, as far as that is known, and that nothing is lost meanwhile. Knows no socket.
'use client';

import { useSyncExternalStore } from 'react';
import { useLab } from '../../lab-client/hooks.ts';
import { connectNow } from '../../lab-client/session.ts';
import { useTexts } from '../texts/use-texts.tsx';
import css from './away-bar.module.css';

function subscribe(listener: () => void): () => void {
  window.addEventListener('online', listener);
  window.addEventListener('offline', listener);
  return () => {
    window.removeEventListener('online', listener);
    window.removeEventListener('offline', listener);
  };
}

function useIsOnline(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => navigator.onLine,
    () => true,
  );
}

export function AwayBar() {
  const texts = useTexts();
  const isOnline = useIsOnline();
  const connection = useLab((state) => state.connection);
  const hasTerminal = useLab((state) => state.slots[1].state !== 'empty');
  const isAway =
    connection.phase === 'waiting' || (connection.phase === 'connecting' && connection.attempt > 0);
  if (!isAway || !hasTerminal) return null;
  const why = connection.phase === 'waiting' ? (connection.why ?? 'cut') : 'cut';
  return (
    <div className={css['over']}>
      <output className={css['bar']} data-testid="away">
        <span>
          <strong>{texts.deck.away[isOnline ? why : 'offline']}</strong> {texts.deck.away.kept}
        </span>
        <button type="button" onClick={connectNow}>
          {texts.connection.retryNow}
        </button>
      </output>
    </div>
  );
}
