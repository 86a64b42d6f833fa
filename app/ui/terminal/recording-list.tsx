// The recordings of the lab, each with a way to play it. Knows no player.
'use client';

import { Play } from 'lucide-react';
import type { Recording } from '../../../server/protocol/browser-messages.ts';
import { useLab } from '../../lab-client/hooks.ts';
import type { LabState, SlotNumber } from '../../lab-client/lab-state.ts';
import { slotNumbers, terminalOf } from '../../lab-client/lab-state.ts';
import { useLanguage, useTexts } from '../texts/use-texts.tsx';
import css from './recording-list.module.css';

/** The place in which that terminal is shown; undefined when it is in none any more. */
export function slotOf(slots: LabState['slots'], terminal: number): SlotNumber | undefined {
  return slotNumbers.find((number) => terminalOf(slots[number]) === terminal);
}

export function RecordingList({ onPlay }: { onPlay: (terminal: number) => void }) {
  const texts = useTexts().deck.record;
  const recordings = useLab((state) => state.recordings);
  const slots = useLab((state) => state.slots);
  return (
    <div className={css['recordings']}>
      <h3>{texts.heading}</h3>
      <p>{texts.lead}</p>
      {Object.values(recordings).map((recording) => (
        <button
          key={recording.terminal}
          type="button"
          data-testid="play-recording"
          onClick={() => onPlay(recording.terminal)}
        >
          <Play size={14} aria-hidden="true" />
          {texts.play(slotOf(slots, recording.terminal))}
          <Start recording={recording} />
        </button>
      ))}
    </div>
  );
}

function Start({ recording }: { recording: Recording }) {
  const language = useLanguage();
  const time = new Date(recording.startedAt);
  const text = time.toLocaleTimeString(language, { hour: '2-digit', minute: '2-digit' });
  return <time dateTime={time.toISOString()}>{text}</time>;
}
