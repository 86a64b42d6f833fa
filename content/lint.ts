// The command `node content/lint.ts [dir]`: prints what is wrong in the courses, one problem a line.
// Exit code 1 when there is any. Knows the judge only to have expressions checked.
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkExpression } from '../server/link/checks/environment.ts';
import { loadCourses } from './load.ts';
import { formatProblem } from './problem.ts';

const ownCourses = relative(process.cwd(), fileURLToPath(new URL('./courses', import.meta.url)));
const { courses, problems } = loadCourses(process.argv[2] ?? ownCourses, { checkExpression });
for (const problem of problems) console.log(formatProblem(problem));
if (problems.length > 0) process.exitCode = 1;
else {
  const steps = courses.flatMap((course) => course.chapters).flatMap((chapter) => chapter.steps);
  console.log(`Nothing to complain about: ${courses.length} course, ${steps.length} steps.`);
}
