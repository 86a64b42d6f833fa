// The contents of the course with what is earned, as a popover that opens without JavaScript too.
// Knows no step's text.
'use client';

import { usePathname } from 'next/navigation';
import Link from 'next/link';
import { useRef } from 'react';
import { useLab } from '../../lab-client/hooks.ts';
import { useLanguage, useTexts } from '../texts/use-texts.tsx';
import type { CourseMap } from './course-map.ts';
import { markOf } from './course-map.ts';
import css from './outline.module.css';
import { StepMark } from './step-mark.tsx';

export const outlineId = 'outline';

export function Outline({ course }: { course: CourseMap }) {
  const texts = useTexts();
  const language = useLanguage();
  const path = usePathname();
  const earned = useLab((state) => state.earned);
  const popover = useRef<HTMLElement>(null);

  return (
    <nav
      ref={popover}
      id={outlineId}
      className={css['outline']}
      popover="auto"
      aria-label={texts.lesson.outlineTitle}
    >
      {course.chapters.map((chapter, index) => (
        <section key={chapter.id}>
          <p className={css['number']}>{texts.lesson.chapter(index + 1)}</p>
          <h2>{chapter.title}</h2>
          <ol>
            {chapter.steps.map((step) => {
              const href = `/${language}/${course.id}/${chapter.id}/${step.id}`;
              const mark = markOf(chapter.id, step, earned);
              return (
                <li key={step.id}>
                  <Link
                    href={href}
                    prefetch={false}
                    aria-current={href === path ? 'page' : undefined}
                    onClick={() => popover.current?.hidePopover()}
                  >
                    <StepMark mark={mark} />
                    <span>{step.title}</span>
                    {mark === 'done' && (
                      <span className="visually-hidden">{` (${texts.lesson.done})`}</span>
                    )}
                  </Link>
                </li>
              );
            })}
          </ol>
        </section>
      ))}
    </nav>
  );
}
