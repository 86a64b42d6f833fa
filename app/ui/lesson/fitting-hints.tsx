// The hints that fit what the lab shows now, which link tells: each stays away until it has fitted for a
// moment, since what is just being done passes through many states. Knows no condition.
'use client';

import { Lightbulb } from 'lucide-react';
import type { ReactNode } from 'react';
import { useEffect, useState } from 'react';
import { useLab } from '../../lab-client/hooks.ts';
import type { Place } from '../../lab-client/lab-state.ts';
import { useTexts } from '../texts/use-texts.tsx';
import css from './fitting-hints.module.css';

/** Milliseconds that a state must last to be no passing one. */
const SETTLED_MS = 1_500;

type Props = { place: Place; hints: { id: string; body: ReactNode }[] };

export function FittingHints({ place, hints }: Props) {
  const texts = useTexts().help;
  const fitting = useLab((state) =>
    state.judged?.step.chapter === place.chapter && state.judged.step.step === place.step
      ? state.judged.hints.join(' ')
      : '',
  );
  const [settled, setSettled] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setSettled(fitting), fitting === '' ? 0 : SETTLED_MS);
    return () => clearTimeout(timer);
  }, [fitting]);
  const now = new Set(fitting.split(' '));
  const lasting = new Set(settled.split(' ').filter((id) => now.has(id)));

  return (
    <div aria-live="polite">
      {hints
        .filter(({ id }) => lasting.has(id))
        .map(({ id, body }) => (
          <section key={id} className={css['hint']} data-testid="fitting-hint" data-hint={id}>
            <h3>
              <Lightbulb size={16} aria-hidden="true" />
              {texts.fitting}
            </h3>
            {body}
          </section>
        ))}
    </div>
  );
}
