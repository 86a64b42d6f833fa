// Every sentence of "Why not yet?", as one type that each language fills. Knows no React.
import type { Reason } from '../../../server/protocol/reasons.ts';
import type { NamespaceKind } from '../../../server/protocol/snapshot.ts';

export type Words = {
  rooted: (about: { path: string }) => string;
  'root-of-lab': () => string;
  'namespace-of-lab': (kind: NamespaceKind) => string;
  'namespace-own': (kind: NamespaceKind) => string;
  'proc-own': () => string;
  'proc-of-lab': () => string;
  program: (about: { name: string }) => string;
  'not-init': () => string;
  'pid-one': () => string;
  signal: (about: { number: number }) => string;
  'killed-by-process': () => string;
  'killed-by-kernel': () => string;
  mounted: (about: { path: string; type: string }) => string;
  'not-mounted': (path: string) => string;
  file: (about: { path: string; kind: string }) => string;
  'same-disk': (about: { path: string; as: string }) => string;
  'owned-by-root': (path: string) => string;
  larger: (about: { path: string; bytes: number }) => string;
  'nobody-rooted': (path: string) => string;
  expression: (source: string) => string;
};

export type ReasonTexts = {
  ask: string;
  /** The lab itself lacks this: the whole sentence. */
  lab: Words;
  /** What a process is, has or does, after "that": the end of a sentence. */
  thing: Words;
  /** `met` are the parts that hold already. */
  sentence: (over: NonNullable<Reason['over']>, met: readonly string[], missing: string) => string;
};
