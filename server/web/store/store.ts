// What web keeps, as an interface that one database or another can have. test/contract/web-store.test.ts
// is written against it. Knows no database.
import type { LabId, LearnerId } from '../../protocol/ids.ts';
import type { Earned } from '../../protocol/peer-messages.ts';
import type { ProgressAnswer } from '../../protocol/web-api.ts';

export type LabRequest = {
  learner: LearnerId;
  /** Name of the lab if a new one is due. */
  candidate: LabId;
  /** True when the learner wants another lab than the one they have. */
  fresh: boolean;
  /** Milliseconds since the epoch. */
  at: number;
};

export type EarnedCheck = ProgressAnswer['earned'][number];

/** Every method fails with ExplainedError when the database can't be read or written. */
export type Store = {
  /** The learner's lab; `candidate` when they have none or want a fresh one. Makes the learner known. */
  takeLab(request: LabRequest): Promise<LabId>;
  /** Whether this lab is, or was, this learner's. */
  ownsLab(learner: LearnerId, lab: LabId): Promise<boolean>;
  /** Keeps what a learner earned; resolves once it is on the disk. Again for the same check: no change. */
  recordEarned(earned: Earned): Promise<void>;
  /** What a learner earned in this version of a course, in the order in which it was earned. */
  readProgress(learner: LearnerId, course: string, version: number): Promise<EarnedCheck[]>;
  close(): Promise<void>;
};
