// The ticks in a recording: ids on the wire, titles for the reader. Knows no player.
import type { CourseMap } from '../shell/course-map.ts';

/** The title of the step in which it was earned; the id itself where this course has no such step. */
export function titleOfTick(label: string, course: CourseMap): string {
  const [chapter, step] = label.split('/');
  const found = course.chapters
    .find(({ id }) => id === chapter)
    ?.steps.find(({ id }) => id === step);
  return found?.title ?? label;
}
