// Reads the courses of a folder into values, and finds everything that is wrong with them at once.
// Knows no CEL: whoever can judge expressions passes `checkExpression`.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { listNumberedFolders, readEntries } from './folders.ts';
import type { NumberedFolder } from './folders.ts';
import { BrokenCourseError } from './problem.ts';
import type { Problem } from './problem.ts';
import { chapterFileSchema, courseFileSchema, slugSchema } from './schema.ts';
import type { Chapter, Course } from './schema.ts';
import { loadStep } from './load-step.ts';
import type { CheckExpression } from './step-rules.ts';
import { readYamlFile } from './yaml-file.ts';

export type LoadOptions = { checkExpression?: CheckExpression };
export type LoadedCourses = { courses: Course[]; problems: Problem[] };

/** Every course of `dir`, by id. A course with a problem may be incomplete or absent from `courses`. */
export function loadCourses(dir: string, options: LoadOptions = {}): LoadedCourses {
  const problems: Problem[] = [];
  const courses: Course[] = [];
  const report = (file: string, sentence: string, remedy: string) =>
    problems.push({ file, line: 1, column: 1, sentence, remedy });
  if (statSync(dir, { throwIfNoEntry: false })?.isDirectory() !== true) {
    report(dir, 'there is no such folder', 'name the folder that holds the courses');
    return { courses, problems };
  }
  for (const entry of readEntries(dir)) {
    const file = `${dir}/${entry.name}`;
    if (!entry.isDirectory() || !slugSchema.safeParse(entry.name).success) {
      report(
        file,
        'this is no course: a course is a folder with a lower-case name and hyphens',
        'rename it like `inside-docker`, or move it away',
      );
      continue;
    }
    const folder = { id: entry.name, name: entry.name, path: join(dir, entry.name), file };
    const course = loadCourse(folder, options, problems);
    if (course !== undefined) courses.push(course);
  }
  if (courses.length === 0 && problems.length === 0) {
    report(dir, 'there is no course here', 'add one; docs/AUTHORING.md shows how');
  }
  return { courses, problems };
}

/** The courses, or BrokenCourseError with all that is wrong: a broken course is never served. */
export function requireCourses(dir: string, options: LoadOptions = {}): Course[] {
  const { courses, problems } = loadCourses(dir, options);
  if (problems.length > 0) throw new BrokenCourseError(problems);
  return courses;
}

function loadCourse(
  folder: NumberedFolder,
  options: LoadOptions,
  problems: Problem[],
): Course | undefined {
  const file = `${folder.file}/course.yaml`;
  const yaml = readYamlFile(join(folder.path, 'course.yaml'), file, courseFileSchema);
  problems.push(...yaml.problems);
  const chapters = listFolders(folder, 'chapter', problems).flatMap(
    (chapter) => loadChapter(chapter, options, problems) ?? [],
  );
  return yaml.value === undefined ? undefined : { ...yaml.value, id: folder.id, chapters };
}

function loadChapter(
  folder: NumberedFolder,
  options: LoadOptions,
  problems: Problem[],
): Chapter | undefined {
  const file = `${folder.file}/chapter.yaml`;
  const yaml = readYamlFile(join(folder.path, 'chapter.yaml'), file, chapterFileSchema);
  problems.push(...yaml.problems);
  const steps = listFolders(folder, 'step', problems).flatMap((child) => {
    const loaded = loadStep(child, options.checkExpression);
    problems.push(...loaded.problems);
    return loaded.step ?? [];
  });
  return yaml.value === undefined ? undefined : { ...yaml.value, id: folder.id, steps };
}

function listFolders(
  folder: NumberedFolder,
  what: 'chapter' | 'step',
  problems: Problem[],
): NumberedFolder[] {
  const ownFile = what === 'chapter' ? 'course.yaml' : 'chapter.yaml';
  const listing = listNumberedFolders(folder.path, folder.file, [ownFile]);
  problems.push(...listing.problems);
  if (listing.folders.length === 0) {
    problems.push({
      file: `${folder.file}/${ownFile}`,
      line: 1,
      column: 1,
      sentence: `there is no ${what} beside this file`,
      remedy: `add a folder like \`01-first-${what}\``,
    });
  }
  return listing.folders;
}
