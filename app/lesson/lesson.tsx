// The text of a step with its checks, questions and help, in reading order. Runs on the server; knows no
// learner.
import type { Language, Quiz } from '../../content/schema.ts';
import type { StepPlace } from '../courses.ts';
import { stepPath } from '../courses.ts';
import { textsOf } from '../ui/texts/texts-of.ts';
import { Checks } from '../ui/lesson/checks.tsx';
import type { ChoiceQuizView } from '../ui/lesson/choice-quiz.tsx';
import { ChoiceQuiz } from '../ui/lesson/choice-quiz.tsx';
import { Help } from './help.tsx';
import css from './lesson.module.css';
import { Markdown } from './markdown.tsx';
import { StepDock } from '../ui/lesson/step-dock.tsx';
import { StepSession } from '../ui/lesson/step-session.tsx';
import { StepTrack } from '../ui/lesson/step-track.tsx';
import type { ValueQuizView } from '../ui/lesson/value-quiz.tsx';
import { ValueQuiz } from '../ui/lesson/value-quiz.tsx';

export function Lesson({ language, place }: { language: Language; place: StepPlace }) {
  const { course, chapter, step, previous, next } = place;
  const texts = textsOf(language).lesson;
  const where = { chapter: chapter.id, step: step.id };
  const toEarn = [...step.checks, ...step.quizzes].map((one) => one.id);
  const neighbour = (other: StepPlace['next']) =>
    other && {
      href: stepPath(language, {
        course: course.id,
        chapter: other.chapter.id,
        step: other.step.id,
      }),
      title: other.step.title[language],
    };

  return (
    <section className={css['lesson']} id="lesson" tabIndex={-1} aria-label={texts.region}>
      <StepSession
        step={{ course: course.id, version: course.version, ...where }}
        xray={chapter.xray}
      />
      <article className={css['text']}>
        <header className={css['head']}>
          <p className={css['chapter']}>
            <span>{texts.chapter(place.chapterNumber)}</span> {chapter.title[language]}
          </p>
          <h1>{step.title[language]}</h1>
          <StepTrack
            chapter={chapter.id}
            current={step.id}
            base={`/${language}/${course.id}/${chapter.id}`}
            steps={chapter.steps.map((one) => ({
              id: one.id,
              title: one.title[language],
              toEarn: [...one.checks, ...one.quizzes].map((earnable) => earnable.id),
            }))}
          />
        </header>
        <div className={css['prose']}>
          <Markdown text={step.text[language]} language={language} />
        </div>
        {step.checks.length > 0 && (
          <Checks
            place={where}
            checks={step.checks.map((check) => ({
              id: check.id,
              goal: check.goal[language],
              seen: check.seen[language],
            }))}
          />
        )}
        {step.quizzes.map((quiz) => {
          const view = quizView(quiz, language);
          return view.kind === 'choice' ? (
            <ChoiceQuiz key={view.id} place={where} quiz={view} />
          ) : (
            <ValueQuiz key={view.id} place={where} quiz={view} />
          );
        })}
        <Help step={step} place={where} language={language} />
      </article>
      <StepDock
        place={where}
        toEarn={toEarn}
        previous={neighbour(previous)}
        next={neighbour(next)}
        home={`/${language}`}
      />
    </section>
  );
}

/** What the page may know of a question: not which option is right, nor the expression that judges. */
function quizView(quiz: Quiz, language: Language): ChoiceQuizView | ValueQuizView {
  const { id } = quiz;
  const question = quiz.question[language];
  if (quiz.kind === 'value') {
    const { right, wrong } = quiz;
    return { kind: 'value', id, question, right: right[language], wrong: wrong[language] };
  }
  const options = quiz.options.map((option) => ({
    id: option.id,
    text: option.text[language],
    reply: option.reply[language],
  }));
  return { kind: 'choice', id, question, options };
}
