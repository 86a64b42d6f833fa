// What pages may read on the server: the courses. What a learner earned comes by /api/progress, so that
// every page stays static. Knows no database.
import { join } from 'node:path';
import { requireCourses } from '../../content/load.ts';
import type { Course } from '../../content/schema.ts';

/** In the working directory, since Next moves this module into its build; main starts web there. */
export const COURSES_DIR = join('content', 'courses');

/** Every course, by id. Throws BrokenCourseError naming every problem: no broken course is served. */
export function listCourses(directory: string = COURSES_DIR): readonly Course[] {
  return requireCourses(directory);
}
