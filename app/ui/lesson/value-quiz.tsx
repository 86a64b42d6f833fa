// A question whose answer is read in the lab and typed. Knows no right answer: link judges.
'use client';

import { useState } from 'react';
import { useLab } from '../../lab-client/hooks.ts';
import type { Place } from '../../lab-client/lab-state.ts';
import { send } from '../../lab-client/session.ts';
import { useTexts } from '../texts/use-texts.tsx';
import { InlineText } from './inline-text.tsx';
import { QuizFrame } from './quiz-frame.tsx';
import css from './quiz.module.css';

export type ValueQuizView = {
  kind: 'value';
  id: string;
  question: string;
  right: string;
  wrong: string;
};

const ANSWER_CHARACTERS = 200;

export function ValueQuiz({ place, quiz }: { place: Place; quiz: ValueQuizView }) {
  const texts = useTexts().quiz;
  const live = useLab((state) => state.connection.phase === 'live');
  const result = useLab((state) => state.quizzes[quiz.id]);
  const [value, setValue] = useState('');
  const [answered, setAnswered] = useState(false);
  const shown = answered ? result : undefined;

  function answer(): void {
    const text = value.trim();
    if (text === '') return;
    setAnswered(true);
    send({ type: 'answer', quiz: quiz.id, value: text });
  }

  return (
    <QuizFrame place={place} quiz={quiz} answered={answered}>
      <form
        className={css['form']}
        data-result={shown}
        onSubmit={(event) => {
          event.preventDefault();
          answer();
        }}
      >
        <input
          type="text"
          value={value}
          maxLength={ANSWER_CHARACTERS}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          placeholder={texts.placeholder}
          aria-labelledby={`quiz-${quiz.id}`}
          data-testid="quiz-value"
          onChange={(event) => setValue(event.target.value)}
        />
        <button type="submit" disabled={!live || value.trim() === ''}>
          {texts.answer}
        </button>
      </form>
      {shown !== undefined && (
        <output className={css['reply']} data-result={shown}>
          <strong>{texts[shown]}</strong> <InlineText text={quiz[shown]} />
        </output>
      )}
    </QuizFrame>
  );
}
