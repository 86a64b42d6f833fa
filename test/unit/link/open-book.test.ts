// The courses as link opens them at its start. Knows no lab.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openBook } from '../../../server/link/open-book.ts';
import { goodCourse } from '../../content/good-course.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'book-'));
  goodCourse.writeTo(dir);
});
afterEach(() => rmSync(dir, { recursive: true }));

test('a good course has its step', () => {
  const ref = { course: 'demo', version: 1, chapter: 'first', step: 'look' };
  expect(openBook(dir).findStep(ref)?.checkIds).toEqual(['shell']);
});
test('a CEL error is told with its file and line, and what to do', () => {
  const step = join(dir, 'demo/01-first/01-look/step.yaml');
  const before = readFileSync(step, 'utf8');
  writeFileSync(step, before.replace('files["/bin"].kind ==', 'files["/bin"].kin =='));
  const line = before.slice(0, before.indexOf('when: files')).split('\n').length;
  expect(() => openBook(dir)).toThrow(new RegExp(`step\\.yaml:${line}:\\d+ .+ — .+`));
});
