// The header of a lesson: home, contents of the course, language, theme. Knows no step's text.
'use client';

import { ChevronDown } from 'lucide-react';
import Link from 'next/link';
import { ThemeSwitch } from '../theme/theme-switch.tsx';
import { useLanguage, useTexts } from '../texts/use-texts.tsx';
import type { CourseMap } from './course-map.ts';
import { LanguageSwitch } from './language-switch.tsx';
import { Outline, outlineId } from './outline.tsx';
import css from './top-bar.module.css';
import { Wordmark } from './wordmark.tsx';

export function TopBar({ course }: { course: CourseMap }) {
  const texts = useTexts();
  const language = useLanguage();
  return (
    <header className={css['bar']}>
      <Link
        className={css['home']}
        href={`/${language}`}
        aria-label={`Coulisse, ${texts.lesson.toFront}`}
      >
        <Wordmark />
      </Link>
      <button type="button" className={css['contents']} popoverTarget={outlineId}>
        <span className={css['word']}>{texts.lesson.outline}</span>
        <span className={css['course']}>{course.title}</span>
        <ChevronDown size={16} aria-hidden="true" />
      </button>
      <Outline course={course} />
      <div className={css['switches']}>
        <LanguageSwitch />
        <ThemeSwitch />
      </div>
    </header>
  );
}
