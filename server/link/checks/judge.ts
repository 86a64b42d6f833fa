// Compiles courses into steps that judge snapshots: which checks hold, what was seen, is an answer right.
// Knows no lab, no learner and no latch: what was once earned is remembered by others.
import type { Check, Course, Quiz, Step } from '../../../content/schema.ts';
import type { ExpressionKind } from '../../../content/step-rules.ts';
import { ExplainedError } from '../../foundation/errors.ts';
import type { SeenParameters } from '../../protocol/browser-messages.ts';
import type { Reason } from '../../protocol/reasons.ts';
import type { StepRef } from '../../protocol/ids.ts';
import type { Snapshot } from '../../protocol/snapshot.ts';
import { checkExpression, compileExpression } from './environment.ts';
import type { LabHistory } from './history.ts';
import { isOverdrawn, refill } from './meter.ts';
import { compileReason } from './reasons.ts';
import { LabView } from './view.ts';

/** The protocol's limit of a parameter; paths and names are a learner's, so they can be longer. */
const SEEN_LENGTH = 200;

export type Judgement = {
  check: string;
  holds: boolean;
  /** Values of the sentence's parameters; present only when the check holds. */
  seen?: SeenParameters;
};

export type CompiledStep = {
  ref: StepRef;
  paths: readonly string[];
  /** Whether any of its expressions speaks of network namespaces: looking into them costs a process. */
  wantsNetworks: boolean;
  checkIds: readonly string[];
  quizIds: readonly string[];
  /** Checks that are ticked only while they hold. */
  follows: ReadonlySet<string>;
  /** Ids of the hints that fit what is seen, and what terminals last printed. */
  fitting(snapshot: Snapshot, history: LabHistory, printed: string): string[];
  /** Of each check that does not hold, the first part that is false. */
  reasons(snapshot: Snapshot, history: LabHistory): Reason[];
  judge(snapshot: Snapshot, history: LabHistory): Judgement[];
  /** Undefined when the step has no such quiz. */
  answer(
    quiz: string,
    value: string,
    snapshot: Snapshot | undefined,
    history: LabHistory,
  ): { right: boolean } | undefined;
};

export type CourseBook = { findStep(ref: StepRef): CompiledStep | undefined };

/** Throws ExplainedError with every expression that cannot be compiled. */
export function compileCourses(courses: readonly Course[]): CourseBook {
  const steps = new Map<string, CompiledStep>();
  const problems: string[] = [];
  for (const course of courses) {
    for (const chapter of course.chapters) {
      for (const step of chapter.steps) {
        const ref = {
          course: course.id,
          version: course.version,
          chapter: chapter.id,
          step: step.id,
        };
        const found = findProblems(step).map((problem) => `${keyOf(ref)}: ${problem}`);
        problems.push(...found);
        if (found.length === 0) steps.set(keyOf(ref), compileStep(ref, step));
      }
    }
  }
  if (problems.length > 0) {
    throw new ExplainedError({
      code: 'broken-course',
      sentence: `The courses have expressions that cannot be used:\n${problems.join('\n')}\n`,
      remedy: 'Run `node content/lint.ts` to see file and line of each.',
    });
  }
  return { findStep: (ref) => steps.get(keyOf(ref)) };
}

function keyOf(ref: StepRef): string {
  return `${ref.course}@${ref.version}/${ref.chapter}/${ref.step}`;
}

function findProblems(step: Step): string[] {
  return expressionsOf(step).flatMap(([source, kind]) => checkExpression(source, kind) ?? []);
}

function expressionsOf(step: Step): [string, ExpressionKind][] {
  return [
    ...step.checks.map((check): [string, ExpressionKind] => [check.when, 'condition']),
    ...step.checks.flatMap((check) =>
      Object.values(check.parameters).map((source): [string, ExpressionKind] => [
        source,
        'parameter',
      ]),
    ),
    ...step.hints.flatMap(({ when }): [string, ExpressionKind][] =>
      when === undefined ? [] : [[when, 'hint']],
    ),
    ...step.quizzes.flatMap((quiz): [string, ExpressionKind][] =>
      quiz.kind === 'value' ? [[quiz.when, 'answer']] : [],
    ),
  ];
}

function compileStep(ref: StepRef, step: Step): CompiledStep {
  const checks = step.checks.map(compileCheck);
  const hints = step.hints.flatMap(({ id, when }) =>
    when === undefined ? [] : [{ id, when: compileExpression(when, 'hint') }],
  );
  const finders = step.checks.map(({ id, when }) => ({ check: id, find: compileReason(when) }));
  const quizzes = new Map(step.quizzes.map((quiz) => [quiz.id, compileQuiz(quiz)]));
  return {
    ref,
    paths: step.paths,
    wantsNetworks: expressionsOf(step).some(([source]) => /\bnetwork(s|Of)\b/.test(source)),
    checkIds: step.checks.map((check) => check.id),
    quizIds: [...quizzes.keys()],
    follows: new Set(step.checks.flatMap(({ id, follow }) => (follow ? [id] : []))),
    judge(snapshot, history) {
      // Who fills what is looked at could hide from it what must not be there.
      if (snapshot.truncated) return step.checks.map(({ id }) => ({ check: id, holds: false }));
      const view = new LabView(snapshot, history);
      return checks.map((judge) => judge(view));
    },
    fitting(snapshot, history, printed) {
      if (snapshot.truncated) return [];
      const view = new LabView(snapshot, history);
      view.printed = printed;
      return hints.filter(({ when }) => evaluate(when, view) === true).map(({ id }) => id);
    },
    reasons(snapshot, history) {
      if (snapshot.truncated)
        return step.checks.map(({ id }) => ({ check: id, ...tooMuch(snapshot) }));
      const view = new LabView(snapshot, history);
      return finders.flatMap(({ check, find }) => {
        let more = 0;
        const found = find((condition) => {
          const holds = evaluate(condition, view) === true;
          more = view.takeLackedGroups();
          return holds;
        });
        if (found === undefined) return [];
        return [{ check, ...(more > 0 ? tooManyGroups(more) : found) }];
      });
    },
    // oxlint-disable-next-line eslint/max-params -- two of them are one thing: what the lab looks like.
    answer(quiz, value, snapshot, history) {
      const isRight = quizzes.get(quiz);
      if (isRight === undefined) return undefined;
      const isWhole = snapshot !== undefined && !snapshot.truncated;
      const view = isWhole ? new LabView(snapshot, history) : undefined;
      return { right: isRight(value.trim(), view) };
    },
  };
}

function compileCheck(check: Check): (view: LabView) => Judgement {
  const when = compileExpression(check.when, 'condition');
  const parameters = Object.entries(check.parameters).map(
    ([name, source]) => [name, compileExpression(source, 'parameter')] as const,
  );
  return (view) => {
    if (evaluate(when, view) !== true) return { check: check.id, holds: false };
    const seen: SeenParameters = {};
    for (const [name, read] of parameters) seen[name] = toText(evaluate(read, view));
    return { check: check.id, holds: true, seen };
  };
}

function compileQuiz(quiz: Quiz): (answer: string, view: LabView | undefined) => boolean {
  if (quiz.kind === 'choice') {
    const right = quiz.options.find((option) => option.right)?.id;
    return (answer) => answer === right;
  }
  const when = compileExpression(quiz.when, 'answer');
  return (answer, view) => {
    if (view === undefined) return false;
    view.answer = answer;
    return evaluate(when, view) === true;
  };
}

/** Why nothing is judged: not what a check lacks, but that the look was cut. */
function tooMuch({ processes, mounts }: Snapshot): Omit<Reason, 'check'> {
  const most = Math.max(...Object.values(mounts).map((list) => list.length), 0);
  const missing = { say: 'too-much', processes: processes.length, mounts: most } as const;
  return { over: null, met: [], missing };
}

/** Not what the part says is missing, but that it could not be judged. */
function tooManyGroups(more: number): Omit<Reason, 'check'> {
  return { over: null, met: [], missing: { say: 'too-many-groups', more } };
}

/** Undefined when the expression fails: an index out of range or a missing file is no reason to crash. */
function evaluate(expression: (variables: object) => unknown, view: LabView): unknown {
  refill();
  try {
    const value = expression(view);
    return isOverdrawn() ? undefined : value;
  } catch {
    return undefined;
  }
}

function toText(value: unknown): string {
  if (typeof value === 'string') return value.slice(0, SEEN_LENGTH);
  return typeof value === 'bigint' ? value.toString() : '?';
}
