// The web process: pages, grants and progress, as an ordinary user. Started by server/main.ts.
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { runAsChild } from './child.ts';
import { openPages } from './pages.ts';
import { COURSES_DIR, listCourses } from './queries.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

const code = await runAsChild({
  openPages: () => openPages(root),
  loadCourses: () =>
    new Map(listCourses(join(root, COURSES_DIR)).map((course) => [course.id, course.version])),
});
process.exit(code);
