// Hints and solution of a step, opened one by one; each opens without JavaScript too. Knows no lab.
import type { Action, Hint, Language, Quiz, Step } from '../../content/schema.ts';
import { textsOf } from '../ui/texts/texts-of.ts';
import css from './help.module.css';
import type { Place } from '../lab-client/lab-state.ts';
import { FittingHints } from '../ui/lesson/fitting-hints.tsx';
import { CopyButton } from '../ui/lesson/copy-button.tsx';
import { InlineText } from '../ui/lesson/inline-text.tsx';
import { Markdown } from './markdown.tsx';
import { RunButton } from '../ui/lesson/run-button.tsx';

type Props = { step: Step; place: Place; language: Language };

export function Help({ step, place, language }: Props) {
  const texts = textsOf(language).help;
  const hints = step.hints.filter((hint: Hint) => hint.when === undefined);
  return (
    <section className={css['help']} aria-labelledby="help-title">
      <h2 id="help-title">{texts.title}</h2>
      <FittingHints
        place={place}
        hints={step.hints
          .filter((hint) => hint.when !== undefined)
          .map((hint) => ({
            id: hint.id,
            body: <Markdown text={hint.text[language]} language={language} />,
          }))}
      />
      <div className={css['chain']}>
        {hints.map((hint, index) => (
          <details key={hint.id} data-testid="hint">
            <summary>{texts.hint(index + 1)}</summary>
            <div className={css['body']}>
              <Markdown text={hint.text[language]} language={language} />
            </div>
          </details>
        ))}
      </div>
      <details data-testid="solution">
        <summary>{texts.solution}</summary>
        <p className={css['lead']}>{texts.solutionLead}</p>
        <div className={css['chain']}>
          {numbered(step.solution).map(({ number, action }) => (
            <details key={number} data-testid="action">
              <summary>{texts.action(number)}</summary>
              <SolutionAction action={action} quizzes={step.quizzes} language={language} />
            </details>
          ))}
        </div>
      </details>
    </section>
  );
}

/** Actions have no names of their own: their order is what tells them apart. */
function numbered(actions: Action[]): { number: number; action: Action }[] {
  return actions.map((action, index) => ({ number: index + 1, action }));
}

type ActionProps = { action: Action; quizzes: Quiz[]; language: Language };

function SolutionAction({ action, quizzes, language }: ActionProps) {
  const texts = textsOf(language).help;
  if ('quiz' in action) {
    return (
      <p className={css['answer']}>
        {texts.answerIs} : <InlineText text={answerText(action, quizzes, language)} />
      </p>
    );
  }
  // A value that only the learner's own terminal shows can't be typed for them.
  const isWhole = !/\$\{\w+\}/.test(action.type);
  return (
    <div className={css['action']}>
      <p>{texts.typeIn(action.terminal)}</p>
      <div className={css['line']}>
        <code>{action.type.replace(/\$\{(\w+)\}/g, (_, name: string) => `<${name}>`)}</code>
        {isWhole && <CopyButton code={action.type} />}
        {isWhole && <RunButton terminal={action.terminal === 2 ? 2 : 1} code={action.type} />}
      </div>
      {!isWhole && <p>{texts.typeYourself}</p>}
    </div>
  );
}

function answerText(
  action: Extract<Action, { quiz: string }>,
  quizzes: Quiz[],
  language: Language,
): string {
  const quiz = quizzes.find((one) => one.id === action.quiz);
  if (quiz?.kind !== 'choice') return action.answer;
  return quiz.options.find((option) => option.id === action.answer)?.text[language] ?? '';
}
