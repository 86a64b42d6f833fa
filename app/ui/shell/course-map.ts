// The outline of a course as client components need it: ids, titles in the reader's language, and what each
// step gives to earn. Knows no learner and no drawing.
import type { LabState } from '../../lab-client/lab-state.ts';
import { earnedKey } from '../../lab-client/lab-state.ts';

export type StepEntry = { id: string; title: string; toEarn: string[] };
export type ChapterEntry = { id: string; title: string; steps: StepEntry[] };
export type CourseMap = { id: string; version: number; title: string; chapters: ChapterEntry[] };

/** none: nothing to earn there. */
export type Mark = 'none' | 'open' | 'begun' | 'done';

export function markOf(chapter: string, step: StepEntry, earned: LabState['earned']): Mark {
  if (step.toEarn.length === 0) return 'none';
  const count = step.toEarn.filter(
    (check) => earnedKey({ chapter, step: step.id }, check) in earned,
  );
  if (count.length === 0) return 'open';
  return count.length === step.toEarn.length ? 'done' : 'begun';
}
