// The steps of a chapter as a row of short bars over the title. Knows no text.
'use client';

import Link from 'next/link';
import { useLab } from '../../lab-client/hooks.ts';
import type { StepEntry } from '../shell/course-map.ts';
import { markOf } from '../shell/course-map.ts';
import { useTexts } from '../texts/use-texts.tsx';
import css from './step-track.module.css';

type Props = { chapter: string; current: string; base: string; steps: StepEntry[] };

export function StepTrack({ chapter, current, base, steps }: Props) {
  const texts = useTexts().lesson;
  const earned = useLab((state) => state.earned);
  const number = steps.findIndex((step) => step.id === current) + 1;
  return (
    <div className={css['track']}>
      <span className={css['bars']}>
        {steps.map((step) => (
          <Link
            key={step.id}
            href={`${base}/${step.id}`}
            // Eleven prefetches would stand before the terminal in the queue.
            prefetch={false}
            title={step.title}
            aria-label={step.title}
            aria-current={step.id === current ? 'step' : undefined}
            data-mark={markOf(chapter, step, earned)}
          />
        ))}
      </span>
      <span className={css['count']}>{texts.stepOf(number, steps.length)}</span>
    </div>
  );
}
