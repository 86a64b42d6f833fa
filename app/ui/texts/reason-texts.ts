// Every sentence of "Why not yet?", as one type that each language fills. Knows no React.
import type { Atom, Reason } from '../../../server/protocol/reasons.ts';

export type Words = { [Say in Atom['say']]: (atom: Extract<Atom, { say: Say }>) => string };

export type ReasonTexts = {
  ask: string;
  /** The lab itself lacks this: the whole sentence. */
  lab: Words;
  /** What a process is, has or does, after "whose" or "that": the end of a sentence. */
  thing: Words;
  /** `met` are the parts that hold already. */
  sentence: (over: NonNullable<Reason['over']>, met: readonly string[], missing: string) => string;
};
