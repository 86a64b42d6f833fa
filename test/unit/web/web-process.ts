// Started by web-process.test.ts: web as main starts it, with pages that need no build.
import { runAsChild } from '../../../server/web/child.ts';
import { echoPages } from './echo-pages.ts';

process.exit(
  await runAsChild({
    openPages: () => Promise.resolve(echoPages),
    loadCourses: () => new Map([['inside-docker', 3]]),
  }),
);
