// The courses for the pages, with the neighbours of each step. Runs on the server while pages are built;
// knows no learner.
import { cache } from 'react';
import type { Chapter, Course, Language, Step } from '../content/schema.ts';
import { languages } from '../content/schema.ts';
import { listCourses } from '../server/web/queries.ts';

/** Read once for each page. Throws BrokenCourseError: a build with a broken course fails. */
export const readCourses = cache(() => listCourses());

/** One step with all that a page says about where it stands. */
export type StepPlace = {
  course: Course;
  chapter: Chapter;
  chapterNumber: number;
  step: Step;
  stepNumber: number;
  previous: { chapter: Chapter; step: Step } | undefined;
  next: { chapter: Chapter; step: Step } | undefined;
};

export type StepParams = { course: string; chapter: string; step: string };

export function findCourse(id: string): Course | undefined {
  return readCourses().find((course) => course.id === id);
}

export function findStep(params: StepParams): StepPlace | undefined {
  const course = findCourse(params.course);
  if (course === undefined) return undefined;
  const places = course.chapters.flatMap((chapter, c) =>
    chapter.steps.map((step, s) => ({ chapter, chapterNumber: c + 1, step, stepNumber: s + 1 })),
  );
  const at = places.findIndex(
    (place) => place.chapter.id === params.chapter && place.step.id === params.step,
  );
  const here = places[at];
  if (here === undefined) return undefined;
  return { course, ...here, previous: places[at - 1], next: places[at + 1] };
}

export function asLanguage(text: string): Language | undefined {
  return languages.find((language) => language === text);
}

export function stepPath(language: Language, params: StepParams): string {
  return `/${language}/${params.course}/${params.chapter}/${params.step}`;
}
