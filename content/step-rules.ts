// What a step.yaml must hold to beyond its schema: ids, sentences and their parameters, quizzes,
// expressions. Knows no CEL: `checkExpression` is passed in.
import { listCodeBlocks } from './markdown.ts';
import type { Problem } from './problem.ts';
import { languages } from './schema.ts';
import type { Check, Localized, Quiz, stepFileSchema } from './schema.ts';
import type { ValuePath, YamlFile } from './yaml-file.ts';
import type { z } from 'zod';

export type StepFile = z.infer<typeof stepFileSchema>;
/** `hint` may also read `printed`, which a learner can make say anything: a lead, never a proof. */
export type ExpressionKind = 'condition' | 'hint' | 'parameter' | 'answer';

/** The sentence of what is wrong with an expression, or undefined when it is well. */
export type CheckExpression = (source: string, kind: ExpressionKind) => string | undefined;

type Report = (path: ValuePath, sentence: string, remedy: string) => void;

export function findStepProblems(
  file: YamlFile<StepFile>,
  step: StepFile,
  checkExpression: CheckExpression | undefined,
): Problem[] {
  const problems: Problem[] = [];
  const report: Report = (path, sentence, remedy) => {
    problems.push({ file: file.file, ...file.positionOf(path), sentence, remedy });
  };
  const checkIds = step.checks.map((check, index) => ({
    id: check.id,
    path: ['checks', index, 'id'],
  }));
  const quizIds = step.quizzes.map((quiz, index) => ({
    id: quiz.id,
    path: ['quizzes', index, 'id'],
  }));
  // A quiz is earned and stored like a check: they share one set of ids.
  reportRepeated([...checkIds, ...quizIds], report);
  reportRepeated(
    step.hints.map((hint, index) => ({ id: hint.id, path: ['hints', index, 'id'] })),
    report,
  );
  step.checks.forEach((check, index) => reportSentence(check, ['checks', index], report));
  step.quizzes.forEach((quiz, index) => reportQuiz(quiz, ['quizzes', index], report));
  step.hints.forEach((hint, index) => reportBlocks(hint.text, ['hints', index, 'text'], report));
  for (const expression of listExpressions(step)) {
    reportPaths(expression, step.paths, report);
    const sentence = checkExpression?.(expression.source, expression.kind);
    if (sentence === undefined) continue;
    report(
      expression.path,
      sentence,
      'correct it; docs/AUTHORING.md lists the variables and functions',
    );
  }
  return problems;
}

type Expression = { source: string; kind: ExpressionKind; path: ValuePath };

function listExpressions(step: StepFile): Expression[] {
  const found: Expression[] = [];
  step.checks.forEach((check, index) => {
    found.push({ source: check.when, kind: 'condition', path: ['checks', index, 'when'] });
    for (const [name, source] of Object.entries(check.parameters)) {
      found.push({ source, kind: 'parameter', path: ['checks', index, 'parameters', name] });
    }
  });
  step.quizzes.forEach((quiz, index) => {
    if (quiz.kind !== 'value') return;
    found.push({ source: quiz.when, kind: 'answer', path: ['quizzes', index, 'when'] });
  });
  step.hints.forEach((hint, index) => {
    if (hint.when === undefined) return;
    found.push({ source: hint.when, kind: 'hint', path: ['hints', index, 'when'] });
  });
  return found;
}

function reportRepeated(ids: readonly { id: string; path: ValuePath }[], report: Report): void {
  const seen = new Set<string>();
  for (const { id, path } of ids) {
    if (seen.has(id)) report(path, `the id \`${id}\` is used twice`, 'give each its own id');
    seen.add(id);
  }
}

function reportSentence(check: Check, path: ValuePath, report: Report): void {
  for (const language of languages) {
    const names = [...check.seen[language].matchAll(/\{([^{}]*)\}/g)].map(
      (match) => match[1] ?? '',
    );
    for (const name of names) {
      if (Object.hasOwn(check.parameters, name)) continue;
      report(
        [...path, 'seen', language],
        `the sentence names {${name}}, which is no parameter of the check`,
        `add \`${name}:\` to its parameters, or remove {${name}}`,
      );
    }
    for (const name of Object.keys(check.parameters)) {
      if (names.includes(name)) continue;
      report(
        [...path, 'seen', language],
        `the sentence does not use the parameter \`${name}\``,
        `write {${name}} in it, or remove the parameter`,
      );
    }
  }
}

function reportQuiz(quiz: Quiz, path: ValuePath, report: Report): void {
  if (quiz.kind === 'value') return;
  reportRepeated(
    quiz.options.map((option, index) => ({
      id: option.id,
      path: [...path, 'options', index, 'id'],
    })),
    report,
  );
  const right = quiz.options.filter((option) => option.right).length;
  if (right === 1) return;
  report(
    [...path, 'options'],
    `the quiz \`${quiz.id}\` has ${right === 0 ? 'no right option' : `${right} right options`}`,
    'mark exactly one option with `right: true`',
  );
}

function reportBlocks(text: Localized, path: ValuePath, report: Report): void {
  for (const language of languages) {
    for (const { info } of listCodeBlocks(text[language])) {
      if (info.kind !== 'unknown') continue;
      report(
        [...path, language],
        `a code block has the unknown info word \`${info.word}\``,
        'write ```sh terminal=1, ```sh terminal=2, ```sh or ```output',
      );
    }
  }
}

/** keeper looks only at the paths that the step lists: any other would read as an error for ever. */
function reportPaths(expression: Expression, paths: readonly string[], report: Report): void {
  for (const [, single, double] of expression.source.matchAll(
    /\bfiles\s*\[\s*(?:'([^']*)'|"([^"]*)")\s*\]/g,
  )) {
    const path = single ?? double ?? '';
    if (paths.includes(path)) continue;
    report(
      expression.path,
      `the expression reads ${path}, which \`paths\` does not list`,
      'add it to `paths`',
    );
  }
}
