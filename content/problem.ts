// One thing that is wrong in a course: where, what, and what to do about it. Knows no file system.

export type Position = { line: number; column: number };

export type Problem = Position & {
  file: string;
  /** What is wrong, without a full stop. */
  sentence: string;
  /** What to do about it, without a full stop. */
  remedy: string;
};

/** `file:line:column sentence — remedy`, the form that editors make a link of. */
export function formatProblem(problem: Problem): string {
  const { file, line, column, sentence, remedy } = problem;
  return `${file}:${line}:${column} ${sentence} — ${remedy}`;
}

/** Thrown by requireCourses: the message holds every problem, one a line. */
export class BrokenCourseError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
    super([`The courses have ${count}:`, ...problems.map(formatProblem)].join('\n'));
    this.name = 'BrokenCourseError';
    this.problems = problems;
  }
}
