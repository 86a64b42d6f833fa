// The outline of a course, as a theatre programme. Runs on the server; knows no learner.
import Link from 'next/link';
import type { Course, Language } from '../../content/schema.ts';
import { stepPath } from '../courses.ts';
import { textsOf } from '../ui/texts/texts-of.ts';
import css from './programme.module.css';

export function Programme({ course, language }: { course: Course; language: Language }) {
  const texts = textsOf(language).front;
  return (
    <section className={css['programme']} id="programme" aria-labelledby={`course-${course.id}`}>
      <header>
        <p className={css['label']}>{texts.programme}</p>
        <h2 id={`course-${course.id}`}>{course.title[language]}</h2>
        <p className={css['summary']}>{course.summary[language]}</p>
      </header>
      <ol className={css['chapters']}>
        {course.chapters.map((chapter, index) => (
          <li key={chapter.id}>
            <p className={css['number']}>{texts.chapter(index + 1)}</p>
            <div>
              <h3>{chapter.title[language]}</h3>
              <p className={css['summary']}>{chapter.summary[language]}</p>
              <ol className={css['steps']}>
                {chapter.steps.map((step) => (
                  <li key={step.id}>
                    <Link
                      prefetch={false}
                      href={stepPath(language, {
                        course: course.id,
                        chapter: chapter.id,
                        step: step.id,
                      })}
                    >
                      {step.title[language]}
                    </Link>
                  </li>
                ))}
              </ol>
            </div>
            <p className={css['minutes']}>{texts.minutes(chapter.minutes)}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}
