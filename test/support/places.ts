// The steps of the courses, in order. Knows no page.
import { requireCourses } from '../../content/load.ts';
import type { Place } from './solution-player.ts';

export const places: readonly Place[] = requireCourses('content/courses').flatMap((course) =>
  course.chapters.flatMap((chapter) => chapter.steps.map((step) => ({ course, chapter, step }))),
);

export function findPlace(fits: (place: Place) => boolean): Place {
  const found = places.find(fits);
  if (found === undefined) throw new Error('there is no such step');
  return found;
}

export const firstWithCheck = findPlace(({ step }) => step.checks.length > 0);
