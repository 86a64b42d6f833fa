// A question with options: choosing one answers it. Knows no right answer: link judges.
'use client';

import { useState } from 'react';
import { useLab } from '../../lab-client/hooks.ts';
import type { Place } from '../../lab-client/lab-state.ts';
import { send } from '../../lab-client/session.ts';
import { useTexts } from '../texts/use-texts.tsx';
import { InlineText } from './inline-text.tsx';
import { QuizFrame } from './quiz-frame.tsx';
import css from './quiz.module.css';

export type ChoiceQuizView = {
  kind: 'choice';
  id: string;
  question: string;
  options: { id: string; text: string; reply: string }[];
};

export function ChoiceQuiz({ place, quiz }: { place: Place; quiz: ChoiceQuizView }) {
  const texts = useTexts().quiz;
  const live = useLab((state) => state.connection.phase === 'live');
  const result = useLab((state) => state.quizzes[quiz.id]);
  const [chosen, setChosen] = useState<string | undefined>(undefined);

  function choose(option: string): void {
    setChosen(option);
    send({ type: 'answer', quiz: quiz.id, value: option });
  }

  return (
    <QuizFrame place={place} quiz={quiz} answered={chosen !== undefined}>
      <ul className={css['options']}>
        {quiz.options.map((option) => {
          const isChosen = option.id === chosen;
          return (
            <li key={option.id} data-result={isChosen ? result : undefined}>
              <button
                type="button"
                aria-pressed={isChosen}
                disabled={!live}
                data-testid="quiz-option"
                data-option={option.id}
                onClick={() => choose(option.id)}
              >
                <span className={css['disc']} aria-hidden="true" />
                <span>
                  <InlineText text={option.text} />
                </span>
              </button>
              {isChosen && result !== undefined && (
                <output className={css['reply']}>
                  <strong>{texts[result]}</strong> <InlineText text={option.reply} />
                </output>
              )}
            </li>
          );
        })}
      </ul>
    </QuizFrame>
  );
}
