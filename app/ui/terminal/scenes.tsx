// What is written on the closed curtain. Knows no emulator.
'use client';

import type { Connection, StopReason } from '../../lab-client/lab-state.ts';
import { startLab } from '../../lab-client/session.ts';
import { focusTerminal } from '../shell/view-state.ts';
import { useTexts } from '../texts/use-texts.tsx';
import css from './scenes.module.css';
import { useSecondsUntil } from './use-seconds-until.ts';

function start(): void {
  startLab();
  focusTerminal(1);
}

export function StartScene({ offer }: { offer: boolean }) {
  const texts = useTexts();
  return (
    <>
      <noscript>
        <p>{texts.terminal.noScript}</p>
      </noscript>
      {offer && (
        <>
          <h2>{texts.terminal.startTitle}</h2>
          <p>{texts.terminal.startText}</p>
          <button type="button" className={css['start']} data-testid="start" onClick={start}>
            {texts.terminal.start}
          </button>
        </>
      )}
    </>
  );
}

export function QueueScene({ queue }: { queue: Extract<Connection, { phase: 'queued' }> }) {
  const texts = useTexts().connection;
  return (
    <div data-testid="queue" aria-live="polite">
      <h2>{texts.queueTitle}</h2>
      <p className={css['count']}>{texts.queueText(queue.before)}</p>
      <p>{texts.queueReason[queue.reason]}</p>
      <p className={css['aside']}>{texts.queueStay}</p>
    </div>
  );
}

export function EndedScene({ why }: { why: StopReason }) {
  const texts = useTexts().connection;
  const { title, text } = texts.stop[why];
  const reloads = why === 'other-version' || why === 'protocol' || why === 'refused';
  return (
    <div aria-live="polite">
      <h2>{title}</h2>
      <p>{text}</p>
      {(why === 'lab-gone' || why === 'lab-failed') && (
        <button type="button" className={css['start']} data-testid="start" onClick={start}>
          {why === 'lab-gone' ? texts.startNew : texts.tryAgain}
        </button>
      )}
      {reloads && (
        <button type="button" className={css['start']} onClick={() => window.location.reload()}>
          {texts.reload}
        </button>
      )}
    </div>
  );
}

export function LostScene({ retryAt }: { retryAt: number }) {
  const texts = useTexts().connection;
  const seconds = useSecondsUntil(retryAt);
  return (
    <div>
      <h2>{texts.waiting(Math.max(1, seconds))}</h2>
      <button type="button" className={css['start']} onClick={startLab}>
        {texts.retryNow}
      </button>
    </div>
  );
}
