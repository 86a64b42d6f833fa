// Starts and stops the recording of the terminal in front. Knows no recording but its state.
'use client';

import { Circle, CircleStop } from 'lucide-react';
import { useLab } from '../../lab-client/hooks.ts';
import { ownsLab } from '../../lab-client/keyboard.ts';
import type { SlotNumber } from '../../lab-client/lab-state.ts';
import { terminalOf } from '../../lab-client/lab-state.ts';
import { send } from '../../lab-client/session.ts';
import { useTexts } from '../texts/use-texts.tsx';

type Props = { className: string | undefined; active: SlotNumber };

export function RecordButton({ className, active }: Props) {
  const texts = useTexts().deck.record;
  const owns = useLab(ownsLab);
  const slot = useLab((state) => state.slots[active]);
  const recordings = useLab((state) => state.recordings);
  const terminal = terminalOf(slot);
  const isOn = terminal !== undefined && recordings[terminal]?.ended === null;
  const label = isOn ? texts.stop : texts.start;
  return (
    <button
      type="button"
      className={className}
      disabled={!owns || slot.state !== 'open'}
      aria-pressed={isOn}
      aria-label={label}
      title={label}
      data-testid="record"
      onClick={() => {
        if (terminal !== undefined) send({ type: 'record', terminal, on: !isOn });
      }}
    >
      {isOn ? <CircleStop size={17} /> : <Circle size={15} fill="currentColor" />}
    </button>
  );
}
