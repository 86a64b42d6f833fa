// What the front page shows, from top to bottom. Runs on the server; knows no learner.
import type { Course, Language } from '../../content/schema.ts';
import { stepPath } from '../courses.ts';
import { LanguageSwitch } from '../ui/shell/language-switch.tsx';
import { Wordmark } from '../ui/shell/wordmark.tsx';
import { textsOf } from '../ui/texts/texts-of.ts';
import { ThemeSwitch } from '../ui/theme/theme-switch.tsx';
import css from './front.module.css';
import { Programme } from './programme.tsx';
import { Stage } from './stage.tsx';
import { StartLink } from '../ui/front/start-link.tsx';

type Props = { language: Language; courses: readonly Course[] };

export function Front({ language, courses }: Props) {
  const texts = textsOf(language);
  const first = firstStepPath(courses[0], language);
  return (
    <div className={css['front']}>
      <a className="skip-link" href="#programme">
        {texts.front.programme}
      </a>
      <header className={css['bar']}>
        <Wordmark />
        <div className={css['switches']}>
          <LanguageSwitch />
          <ThemeSwitch />
        </div>
      </header>
      <main>
        <section className={css['hero']}>
          <div className={css['words']}>
            <h1>{texts.front.headline}</h1>
            <p className={css['lead']}>{texts.front.lead}</p>
            {first !== undefined && <StartLink first={first} />}
            <p className={css['promise']}>{texts.front.promise}</p>
          </div>
          <Stage language={language} />
        </section>
        {courses.map((course) => (
          <Programme key={course.id} course={course} language={language} />
        ))}
      </main>
      <footer className={css['footer']}>{texts.front.footer}</footer>
    </div>
  );
}

function firstStepPath(course: Course | undefined, language: Language): string | undefined {
  const chapter = course?.chapters[0];
  const step = chapter?.steps[0];
  if (course === undefined || chapter === undefined || step === undefined) return undefined;
  return stepPath(language, { course: course.id, chapter: chapter.id, step: step.id });
}
