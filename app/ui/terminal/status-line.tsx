// The line under the terminals: how the connection is, how long the lab lives, and how to leave a terminal
// by keyboard. Knows no emulator.
'use client';

import { useLab } from '../../lab-client/hooks.ts';
import { mayType } from '../../lab-client/keyboard.ts';
import type { Connection } from '../../lab-client/lab-state.ts';
import { startLab } from '../../lab-client/session.ts';
import type { Texts } from '../texts/texts.ts';
import { useTexts } from '../texts/use-texts.tsx';
import { LifetimeClock } from './lifetime-clock.tsx';
import css from './status-line.module.css';
import { useSecondsUntil } from './use-seconds-until.ts';

export function StatusLine() {
  const texts = useTexts();
  const connection = useLab((state) => state.connection);
  const types = useLab(mayType);
  const retryAt = connection.phase === 'waiting' ? connection.retryAt : undefined;
  const seconds = useSecondsUntil(retryAt);

  return (
    <footer className={css['line']}>
      <output
        className={css['connection']}
        data-testid="connection-status"
        data-phase={connection.phase}
      >
        <span className={css['lamp']} aria-hidden="true" />
        {phaseText({ connection, types, seconds }, texts)}
      </output>
      {connection.phase === 'waiting' && (
        <button type="button" className={css['link']} onClick={startLab}>
          {texts.connection.retryNow}
        </button>
      )}
      <LifetimeClock />
      <p className={css['keys']} title={texts.terminal.keys}>
        {texts.terminal.leaveKey}
      </p>
    </footer>
  );
}

type Standing = { connection: Connection; types: boolean; seconds: number };

function phaseText({ connection, types, seconds }: Standing, texts: Texts): string {
  switch (connection.phase) {
    case 'idle':
      return texts.connection.idle;
    case 'connecting':
      return texts.connection.connecting;
    case 'queued':
      return texts.connection.queued;
    case 'live':
      return types ? texts.connection.live : texts.connection.watching;
    case 'waiting':
      return texts.connection.waiting(Math.max(1, seconds));
    case 'stopped':
      return texts.connection.stopped;
  }
}
