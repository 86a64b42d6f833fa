// The markers in a recording: ids on the wire, titles for the reader. Knows no player.
import type { CourseMap } from '../shell/course-map.ts';

/** Label of the place where link was killed, as its recorder writes it. */
const TORN = 'torn';

/** The title of the step in which it was earned; the id itself where this course has no such step. `torn`: what is said
 * of a place where something may be missing. */
export function titleOfMarker(label: string, course: CourseMap, torn: string): string {
  if (label === TORN) return torn;
  const [chapter, step] = label.split('/');
  const found = course.chapters
    .find(({ id }) => id === chapter)
    ?.steps.find(({ id }) => id === step);
  return found?.title ?? label;
}
