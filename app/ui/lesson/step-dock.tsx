// The foot of a lesson: previous step, how much of this one is earned, next step. Knows no text.
'use client';

import { ArrowLeft, ArrowRight } from 'lucide-react';
import Link from 'next/link';
import { useLab } from '../../lab-client/hooks.ts';
import type { Place } from '../../lab-client/lab-state.ts';
import { earnedKey } from '../../lab-client/lab-state.ts';
import { useTexts } from '../texts/use-texts.tsx';
import css from './step-dock.module.css';

export type Neighbour = { href: string; title: string };

type Props = {
  place: Place;
  toEarn: string[];
  previous: Neighbour | undefined;
  next: Neighbour | undefined;
  home: string;
};

export function StepDock({ place, toEarn, previous, next, home }: Props) {
  const texts = useTexts();
  const earned = useLab((state) => state.earned);
  const ticks = toEarn.map((check) => earnedKey(place, check) in earned);
  const count = ticks.filter(Boolean).length;
  const done = toEarn.length > 0 && count === toEarn.length;

  return (
    <nav className={css['dock']} aria-label={texts.lesson.navigation}>
      {previous === undefined ? (
        <span className={css['side']} />
      ) : (
        <Link className={css['side']} href={previous.href} rel="prev" data-testid="prev">
          <ArrowLeft size={18} aria-hidden="true" />
          <span>
            <span className={css['word']}>{texts.lesson.previous}</span>
            <span className={css['title']}>{previous.title}</span>
          </span>
        </Link>
      )}
      {toEarn.length > 0 && (
        <p className={css['ticks']} data-done={done}>
          <span aria-hidden="true">
            {ticks.map((tick, index) => (
              <i key={toEarn[index]} data-earned={tick} />
            ))}
          </span>
          <span>{texts.checks.count(count, toEarn.length)}</span>
        </p>
      )}
      <Link
        className={css['side']}
        href={next?.href ?? home}
        rel={next === undefined ? undefined : 'next'}
        data-testid={next === undefined ? 'finish' : 'next'}
        data-ready={done}
        data-end=""
      >
        <span>
          <span className={css['word']}>
            {next === undefined ? texts.lesson.finished : texts.lesson.next}
          </span>
          <span className={css['title']}>{next?.title ?? texts.lesson.toFront}</span>
        </span>
        <ArrowRight size={18} aria-hidden="true" />
      </Link>
    </nav>
  );
}
