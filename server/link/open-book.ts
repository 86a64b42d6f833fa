// Reads the courses and compiles their checks, or says by file and line what is wrong with them. Knows no lab.
import { requireCourses } from '../../content/load.ts';
import { checkExpression } from './checks/environment.ts';
import { compileCourses, type CourseBook } from './checks/judge.ts';

/** Throws BrokenCourseError, whose message has a line `file:line:column what — remedy` for each problem. */
export function openBook(coursesDir: string): CourseBook {
  return compileCourses(requireCourses(coursesDir, { checkExpression }));
}
