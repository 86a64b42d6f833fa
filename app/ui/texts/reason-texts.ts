// Every sentence of "Why not yet?", as one type that each language fills. Knows no React.
import type { Atom, Thing } from '../../../server/protocol/reasons.ts';
import type { NamespaceKind } from '../../../server/protocol/snapshot.ts';

type Comparison = Extract<Atom, { say: 'count' }>['comparison'];

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
  alive: () => string;
  another: () => string;
  'same-namespace': (kind: NamespaceKind) => string;
  'of-type': (type: string) => string;
  at: (path: string) => string;
  named: (name: string) => string;
  up: () => string;
  expression: (source: string) => string;
  'too-much': (about: { processes: number; mounts: number }) => string;
  'too-many-groups': (more: number) => string;
  /** Of these, `each` is what a thing is, has or does, as the end of a sentence. */
  count: (about: {
    over: Thing;
    comparison: Comparison;
    number: number;
    each: readonly string[];
  }) => string;
  every: (over: Thing, each: readonly string[]) => string;
  some: (over: Thing, each: readonly string[]) => string;
  /** `each` in these very words. */
  either: (each: readonly string[]) => string;
};

export type ReasonTexts = {
  ask: string;
  /** The lab itself lacks this: the whole sentence. */
  lab: Words;
  /** What a process is, has or does, after "that": the end of a sentence. */
  thing: Words;
  /** `met` are the parts that hold already. */
  sentence: (over: Thing, met: readonly string[], missing: string) => string;
};
