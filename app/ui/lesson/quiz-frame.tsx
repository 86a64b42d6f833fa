// What both kinds of question share: label, question, whether it can be answered now. Knows no answer.
'use client';

import type { ReactNode } from 'react';
import { useLab } from '../../lab-client/hooks.ts';
import type { Place } from '../../lab-client/lab-state.ts';
import { earnedKey } from '../../lab-client/lab-state.ts';
import { useTexts } from '../texts/use-texts.tsx';
import { InlineText } from './inline-text.tsx';
import css from './quiz.module.css';

type FrameProps = {
  place: Place;
  quiz: { id: string; question: string };
  /** Whether the learner has answered on this visit. */
  answered: boolean;
  children: ReactNode;
};

export function QuizFrame({ place, quiz, answered, children }: FrameProps) {
  const texts = useTexts();
  const live = useLab((state) => state.connection.phase === 'live');
  const earned = useLab((state) => earnedKey(place, quiz.id) in state.earned);
  return (
    <section
      className={css['quiz']}
      aria-labelledby={`quiz-${quiz.id}`}
      data-testid="quiz"
      data-quiz={quiz.id}
      data-earned={earned}
    >
      <p className={css['label']}>{texts.quiz.title}</p>
      <h2 id={`quiz-${quiz.id}`}>
        <InlineText text={quiz.question} />
      </h2>
      {children}
      {earned && !answered && <p className={css['kept']}>{`✓ ${texts.checks.earned}`}</p>}
      {!earned && !live && <p className={css['foot']}>{texts.quiz.needsLab}</p>}
    </section>
  );
}
