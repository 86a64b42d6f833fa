// What a solution.yaml must hold to: it names what exists, waits for what can match, and earns everything.
// Knows no terminal: whether it works is proved by typing it into a lab.
import type { Problem } from './problem.ts';
import type { Action, Quiz, solutionFileSchema } from './schema.ts';
import type { StepFile } from './step-rules.ts';
import type { ValuePath, YamlFile } from './yaml-file.ts';
import type { z } from 'zod';

export type SolutionFile = z.infer<typeof solutionFileSchema>;
/** Reports a problem at a place that was settled before. */
type Say = (sentence: string, remedy: string) => void;

export function findSolutionProblems(
  file: YamlFile<SolutionFile>,
  solution: SolutionFile,
  step: StepFile,
): Problem[] {
  const problems: Problem[] = [];
  const sayAt =
    (...path: ValuePath): Say =>
    (sentence, remedy) => {
      problems.push({ file: file.file, ...file.positionOf(path), sentence, remedy });
    };
  const values = new Set<string>();
  const earned = new Set<string>();
  for (const [index, action] of solution.actions.entries()) {
    const sayHere = (...path: ValuePath) => sayAt('actions', index, ...path);
    if ('quiz' in action) {
      earned.add(action.quiz);
      reportUnknownValues(action.answer, values, sayHere('answer'));
      reportAnswer(action, step.quizzes, sayHere);
      continue;
    }
    reportUnknownValues(action.type, values, sayHere('type'));
    if ('check' in action.wait) {
      earned.add(action.wait.check);
      reportCheck(action.wait.check, step.checks, sayHere('wait', 'check'));
    } else collectValues(action.wait.output, values, sayHere('wait', 'output'));
  }
  for (const { id } of [...step.checks, ...step.quizzes]) {
    if (earned.has(id)) continue;
    sayAt('actions')(
      `the solution leaves \`${id}\` unearned`,
      'wait for that check, or answer that quiz, in one of the actions',
    );
  }
  return problems;
}

function reportCheck(id: string, checks: StepFile['checks'], say: Say): void {
  if (checks.some((check) => check.id === id)) return;
  say(`the step has no check \`${id}\``, `write one of: ${listIds(checks)}`);
}

function reportAnswer(
  action: Extract<Action, { quiz: string }>,
  quizzes: readonly Quiz[],
  sayHere: (key: 'quiz' | 'answer') => Say,
): void {
  const quiz = quizzes.find((candidate) => candidate.id === action.quiz);
  if (quiz === undefined) {
    const remedy = `write one of: ${listIds(quizzes)}`;
    sayHere('quiz')(`the step has no quiz \`${action.quiz}\``, remedy);
    return;
  }
  if (quiz.kind === 'value') return;
  const option = quiz.options.find((candidate) => candidate.id === action.answer);
  if (option?.right === true) return;
  sayHere('answer')(
    option === undefined
      ? `the quiz \`${quiz.id}\` has no option \`${action.answer}\``
      : `\`${action.answer}\` is a wrong option of the quiz \`${quiz.id}\``,
    'answer with the id of the right option',
  );
}

function reportUnknownValues(text: string, values: ReadonlySet<string>, say: Say): void {
  for (const [, name] of text.matchAll(/\$\{([^}]*)\}/g)) {
    if (name === undefined || values.has(name)) continue;
    say(
      `\${${name}} was captured by no earlier action`,
      `capture it with (?<${name}>…) in an earlier \`wait.output\``,
    );
  }
}

function collectValues(source: string, values: Set<string>, say: Say): void {
  try {
    // Compiled only to learn whether it can be.
    void new RegExp(source, 'u');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    say(`this is no regular expression: ${reason}`, 'correct it');
  }
  for (const [, name] of source.matchAll(/\(\?<([A-Za-z_]\w*)>/g)) {
    if (name !== undefined) values.add(name);
  }
}

function listIds(things: readonly { id: string }[]): string {
  return things.length === 0 ? '(there is none)' : things.map(({ id }) => `\`${id}\``).join(', ');
}
