// Plays one recording, with the ticks on its time-line and beside it and what the lab looked like below, and lets
// it be downloaded. Knows no link.
'use client';

import { Download, X } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { readCast } from '../../lab-client/cast.ts';
import { fetchRecording } from '../../lab-client/fetch-recording.ts';
import { useLab } from '../../lab-client/hooks.ts';
import type { CourseMap } from '../shell/course-map.ts';
import { useTexts } from '../texts/use-texts.tsx';
import { RecordedLab } from '../xray/recorded-lab.tsx';
import { titleOfMarker } from './cast-markers.ts';
import type { CastPlayer } from './cast-player.ts';
import css from './recording-dialog.module.css';
import { slotOf } from './recording-list.tsx';

/** Milliseconds between two looks at where the player is. */
const NOW_EVERY_MS = 200;

type Props = { terminal: number; course: CourseMap; onClose: () => void };

type Fetched = { state: 'loading' } | { state: 'failed' } | { state: 'here'; cast: string };

export function RecordingDialog({ terminal, course, onClose }: Props) {
  const texts = useTexts().deck.record;
  const dialog = useRef<HTMLDialogElement>(null);
  const slot = useLab((state) => slotOf(state.slots, terminal));
  const [fetched, setFetched] = useState<Fetched>({ state: 'loading' });
  useEffect(() => {
    dialog.current?.showModal();
    let isGone = false;
    void fetchRecording(terminal).then((cast) => {
      if (!isGone) setFetched(cast === undefined ? { state: 'failed' } : { state: 'here', cast });
    });
    return () => {
      isGone = true;
    };
  }, [terminal]);

  return (
    <dialog
      ref={dialog}
      className={css['dialog']}
      aria-labelledby="recording-title"
      data-testid="recording"
      onClose={onClose}
    >
      <header>
        <h2 id="recording-title">{texts.title(slot)}</h2>
        {fetched.state === 'here' && <DownloadButton cast={fetched.cast} of={slot ?? terminal} />}
        <button
          type="button"
          className={css['close']}
          aria-label={texts.close}
          title={texts.close}
          onClick={() => dialog.current?.close()}
        >
          <X size={18} aria-hidden="true" />
        </button>
      </header>
      {fetched.state === 'loading' && <output className={css['note']}>{texts.loading}</output>}
      {fetched.state === 'failed' && (
        <p className={css['note']} role="alert">
          {texts.failed}
        </p>
      )}
      {fetched.state === 'here' && <Stage cast={fetched.cast} course={course} />}
    </dialog>
  );
}

function DownloadButton({ cast, of }: { cast: string; of: number }) {
  const texts = useTexts().deck.record;
  function download(): void {
    const url = URL.createObjectURL(new Blob([cast], { type: 'application/x-asciicast' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = `coulisse-terminal-${of}.cast`;
    link.click();
    URL.revokeObjectURL(url);
  }
  return (
    <button type="button" className={css['download']} onClick={download}>
      <Download size={15} aria-hidden="true" />
      {texts.download}
    </button>
  );
}

function Stage({ cast, course }: { cast: string; course: CourseMap }) {
  const { record: texts, torn } = useTexts().deck;
  const host = useRef<HTMLDivElement>(null);
  const player = useRef<CastPlayer | undefined>(undefined);
  const [now, setNow] = useState(0);
  const recording = useMemo(() => {
    const { text, markers, moments, lacksLooks } = readCast(cast);
    const ticks = markers.map(({ at, label }) => ({
      at,
      text: titleOfMarker(label, course, torn),
    }));
    return { text, ticks, moments, lacksLooks };
  }, [cast, course, torn]);
  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    let isGone = false;
    void import('./cast-player.ts').then(({ playCast }) => {
      if (!isGone) player.current = playCast(element, recording.text, recording.ticks);
    });
    const watching = setInterval(() => setNow((player.current?.now() ?? 0) * 1000), NOW_EVERY_MS);
    return () => {
      isGone = true;
      clearInterval(watching);
      player.current?.dispose();
      player.current = undefined;
    };
  }, [recording]);

  return (
    <div className={css['stage']}>
      <div className={css['both']}>
        <div ref={host} className={css['player']} data-testid="player" />
        {recording.lacksLooks && <p className={css['note']}>{texts.lacksLooks}</p>}
        {recording.moments.length > 0 && <RecordedLab moments={recording.moments} now={now} />}
      </div>
      {recording.ticks.length > 0 && (
        <nav aria-label={texts.markers}>
          <h3>{texts.markers}</h3>
          <ol>
            {recording.ticks.map(({ at, text }, index) => (
              <li key={`${at} ${text}`}>
                <button type="button" onClick={() => player.current?.goTo(index)}>
                  <span>{clock(at)}</span>
                  {text}
                </button>
              </li>
            ))}
          </ol>
        </nav>
      )}
    </div>
  );
}

/** Minutes and seconds. */
function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
