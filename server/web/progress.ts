// GET /api/progress?course=…: what the cookie's learner earned in the course as it is now. Knows no
// database.
import { slugSchema } from '../../content/schema.ts';
import type { ProgressAnswer } from '../protocol/web-api.ts';
import { Refusal } from './http/refusal.ts';
import { sendJson } from './http/replies.ts';
import type { Handler } from './http/router.ts';
import { readLearner } from './identity.ts';
import type { Store } from './store/store.ts';

export type ProgressDesk = {
  key: Buffer;
  store: Store;
  /** Version by course id. */
  courses: ReadonlyMap<string, number>;
};

export function createProgressHandler({ key, store, courses }: ProgressDesk): Handler {
  return async ({ request, response, url }) => {
    const course = slugSchema.safeParse(url.searchParams.get('course'));
    if (!course.success) {
      throw new Refusal({
        status: 400,
        code: 'no-course-named',
        sentence: 'Name the course: /api/progress?course=<id>.',
      });
    }
    const version = courses.get(course.data);
    if (version === undefined) {
      throw new Refusal({
        status: 404,
        code: 'no-such-course',
        sentence: `There is no course "${course.data}" here.`,
      });
    }
    const learner = readLearner(request.headers.cookie, key);
    const earned =
      learner === undefined ? [] : await store.readProgress(learner, course.data, version);
    const answer: ProgressAnswer = { course: course.data, version, earned };
    sendJson(response, 200, answer);
  };
}
