// The real course has no problem; and each kind of problem, planted in a course, is found with its file,
// its line and what to do. Knows no lab.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadCourses, requireCourses } from '../../content/load.ts';
import { formatProblem } from '../../content/problem.ts';
import { checkExpression } from '../../server/link/checks/environment.ts';
import { goodCourse } from './good-course.ts';

const realCourses = join(import.meta.dirname, '../../content/courses');

test('the real courses have no problem', () => {
  const { courses, problems } = loadCourses(realCourses, { checkExpression });
  expect(problems.map(formatProblem)).toEqual([]);
  expect(courses.map((course) => course.id)).toEqual(['inside-docker']);
  expect(courses[0]?.chapters.map((chapter) => chapter.id)).toEqual(['chroot', 'pid-namespace']);
  expect(courses[0]?.chapters[1]?.steps.at(0)?.id).toBe('a-new-namespace');
});

const STEP = 'demo/01-first/01-look';

describe('a course with something wrong', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'course-'));
    goodCourse.writeTo(dir);
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  /** Changes one place of a file, which must be there. */
  const edit = (file: string, from: string, to: string) => {
    const path = join(dir, file);
    const before = readFileSync(path, 'utf8');
    expect(before).toContain(from);
    writeFileSync(path, before.replace(from, to));
  };
  const lint = () =>
    loadCourses(dir, { checkExpression }).problems.map((problem) =>
      formatProblem({ ...problem, file: relative(dir, problem.file) }),
    );

  test('the planted course itself has no problem', () => {
    expect(lint()).toEqual([]);
  });

  test.each([
    {
      name: 'an unknown key',
      edit: ['step.yaml', '    when: files', '    whne: x\n    when: files'],
      problem: 'step.yaml:10:5 `whne` is no key of `checks[0]` — remove it or correct its spelling',
    },
    {
      name: 'a missing translation in YAML',
      edit: ['step.yaml', '      en: There is a shell\n', ''],
      problem:
        'step.yaml:7:5 the English translation of `checks[0].goal` is missing — add `en:` under it',
    },
    {
      name: 'a missing key',
      edit: ['step.yaml', '  - id: shell\n    goal:', '  - goal:'],
      problem: 'step.yaml:6:5 `id` is missing in `checks[0]` — add it',
    },
    {
      name: 'a value of the wrong type',
      edit: ['step.yaml', "paths: ['/bin']", 'paths: [7]'],
      problem: 'step.yaml:4:9 `paths[0]` does not fit: invalid input: expected string',
    },
    {
      name: 'a YAML error',
      edit: ['step.yaml', "paths: ['/bin']", "paths: ['/bin'"],
      problem: 'this is no YAML:',
    },
    {
      name: 'a CEL syntax error',
      edit: ['step.yaml', 'when: files["/bin"].kind == "directory"', 'when: files["/bin"].kind =='],
      problem: 'step.yaml:10:5 the expression cannot be understood at character 22',
    },
    {
      name: 'a CEL type error',
      edit: ['step.yaml', '.kind == "directory"', '.kindd == "directory"'],
      problem:
        'step.yaml:10:5 the expression cannot be understood at character 15: No such key: kindd — correct it; docs/AUTHORING.md lists the variables and functions',
    },
    {
      name: 'a CEL expression that is no condition',
      edit: ['step.yaml', 'when: files["/bin"].kind == "directory"', 'when: files["/bin"].kind'],
      problem: 'step.yaml:10:5 the expression is of type string, not bool',
    },
    {
      name: 'an expression on a path that the step does not list',
      edit: ['step.yaml', "paths: ['/bin']", 'paths: []'],
      problem: 'the expression reads /bin, which `paths` does not list — add it to `paths`',
    },
    {
      name: 'a sentence that names no parameter of its check',
      edit: ['step.yaml', 'en: "/bin is inode {inode}"', 'en: "/bin is {inod}, {inode}"'],
      problem:
        'step.yaml:13:7 the sentence names {inod}, which is no parameter of the check — add `inod:` to its parameters',
    },
    {
      name: 'a parameter that a sentence does not use',
      edit: ['step.yaml', 'en: "/bin is inode {inode}"', 'en: "/bin is there"'],
      problem:
        'step.yaml:13:7 the sentence does not use the parameter `inode` — write {inode} in it',
    },
    {
      name: 'a quiz with the id of a check',
      edit: ['step.yaml', '    id: which', '    id: shell'],
      problem: 'step.yaml:18:5 the id `shell` is used twice — give each its own id',
    },
    {
      name: 'a quiz without a right option',
      edit: ['step.yaml', '        right: true\n', ''],
      problem:
        'step.yaml:20:5 the quiz `which` has no right option — mark exactly one option with `right: true`',
    },
    {
      name: 'a quiz with two right options',
      edit: [
        'step.yaml',
        'reply: { fr: Non, en: No }',
        'reply: { fr: Non, en: No }\n        right: true',
      ],
      problem: 'the quiz `which` has 2 right options',
    },
    {
      name: 'a solution that names an unknown check',
      edit: ['solution.yaml', 'check: shell', 'check: shelf'],
      problem: 'solution.yaml:4:13 the step has no check `shelf` — write one of: `shell`',
    },
    {
      name: 'a solution that leaves a check unearned',
      edit: ['solution.yaml', 'check: shell', "output: 'x'"],
      problem: 'solution.yaml:1:1 the solution leaves `shell` unearned — wait for that check',
    },
    {
      name: 'a solution that names an unknown quiz',
      edit: ['solution.yaml', 'quiz: which', 'quiz: what'],
      problem: 'solution.yaml:5:5 the step has no quiz `what` — write one of: `which`',
    },
    {
      name: 'a solution that gives a wrong answer',
      edit: ['solution.yaml', 'answer: yes-it-is', 'answer: no-it-is-not'],
      problem: 'solution.yaml:6:5 `no-it-is-not` is a wrong option of the quiz `which`',
    },
    {
      name: 'a solution that uses a value which nothing captured',
      edit: ['solution.yaml', 'type: ls', 'type: kill ${pid}'],
      problem:
        'solution.yaml:3:5 ${pid} was captured by no earlier action — capture it with (?<pid>…)',
    },
    {
      name: 'a solution that waits for what is no regular expression',
      edit: ['solution.yaml', 'wait: { check: shell }', "wait: { output: '(' }"],
      problem: 'solution.yaml:4:13 this is no regular expression:',
    },
    {
      name: 'a code block with an unknown info word',
      edit: ['step.en.md', '```sh terminal=1', '```sh terminal=7'],
      problem:
        'step.en.md:3:1 the code block has the unknown info word `terminal=7` — write ```sh terminal=1',
    },
    {
      name: 'a code block that one language lacks',
      edit: ['step.en.md', '```output\nusr\n```\n', ''],
      problem:
        'step.fr.md:7:1 step.en.md lacks this code block at this place — give both languages the same blocks',
    },
    {
      name: 'an empty line among commands that are typed',
      edit: ['step.fr.md', 'ls\n', 'ls\n\npwd\n'],
      problem: 'step.fr.md:3:1 a block that is typed has an empty line',
    },
    {
      name: 'HTML in a text',
      edit: ['step.fr.md', 'Regardez.', 'Regardez <b>bien</b>.'],
      problem: 'step.fr.md:1:10 the text holds HTML, which is never shown',
    },
    {
      name: 'a call-out of an unknown kind',
      edit: ['step.en.md', 'Look.', '> [!DANGER]\n> Look.'],
      problem: 'step.en.md:1:1 `[!DANGER]` is no kind of call-out — write one of [!NOTE]',
    },
  ])('$name is reported', ({ edit: [file = '', from = '', to = ''], problem }) => {
    edit(`${STEP}/${file}`, from, to);
    const found = lint();
    expect(found.join('\n')).toContain(problem);
    expect(found.every((line) => line.startsWith(`${STEP}/`) && line.includes(' — '))).toBe(true);
  });

  test('a text that is missing in one language is reported', () => {
    rmSync(join(dir, STEP, 'step.en.md'));
    expect(lint()).toEqual([
      `${STEP}/step.en.md:1:1 this translation is missing — write it: a step has its text in every language`,
    ]);
  });

  test('folders with the same number, the same id or no number are reported', () => {
    for (const name of ['01-again', '02-look', 'look']) {
      cpSync(join(dir, STEP), join(dir, 'demo/01-first', name), { recursive: true });
    }
    expect(lint()).toEqual([
      'demo/01-first/01-look:1:1 `01-again` has the number 01 too — give each folder its own number',
      'demo/01-first/02-look:1:1 `01-look` has the id `look` too — give each folder its own id',
      'demo/01-first/look:1:1 this folder is not named as two digits, a hyphen and an id — rename it like `03-two-numbers`: the number is its place, the rest its id',
    ]);
  });

  test('a file that belongs nowhere is reported', () => {
    writeFileSync(join(dir, STEP, 'step.de.md'), 'Schau.');
    expect(lint()).toEqual([
      `${STEP}/step.de.md:1:1 this is no part of a step — remove or rename it: a step is step.yaml, solution.yaml, step.fr.md, step.en.md`,
    ]);
  });

  test('all problems are found at once, and a broken course is refused with all of them', () => {
    edit('demo/course.yaml', 'version: 1', 'version: one');
    edit(`${STEP}/step.yaml`, '.kind ==', '.kindd ==');
    edit(`${STEP}/solution.yaml`, 'quiz: which', 'quiz: what');
    rmSync(join(dir, STEP, 'step.fr.md'));
    expect(lint().length).toBeGreaterThanOrEqual(4);
    expect(() => requireCourses(dir, { checkExpression })).toThrow(
      /course\.yaml:1:1 [^]*step\.fr\.md:1:1 [^]*step\.yaml:10:5 [^]*solution\.yaml:5:5 /,
    );
  });

  test('a folder that is not there is said so', () => {
    const { problems } = loadCourses(join(dir, 'nowhere'));
    expect(problems.map((problem) => problem.sentence)).toEqual(['there is no such folder']);
  });
});
