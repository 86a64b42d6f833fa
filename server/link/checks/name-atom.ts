// Gives the parts of an expression their names, by their shape: so that a page can put them into words. A part
// of another shape stays what its author wrote. Knows no snapshot.
import type { NamespaceKind } from '../../protocol/snapshot.ts';
import { namespaceKinds } from '../../protocol/snapshot.ts';
import type { PlainAtom } from '../../protocol/reasons.ts';

/** An expression over any variable, as printExpression writes it, and what it says. */
type Shape = [pattern: RegExp, name: (groups: Record<string, string>) => PlainAtom | undefined];

const FILE = String.raw`files\["(?<path>[^"]*)"\]`;
const THING = String.raw`\w+(?:\.process)?`;

const shapes: readonly Shape[] = [
  [shape(String.raw`rootedAt\(${THING}, ${FILE}\)`), ({ path = '' }) => ({ say: 'rooted', path })],
  [shape(String.raw`samePlace\(${THING}\.root, lab\.root\)`), () => ({ say: 'root-of-lab' })],
  [
    shape(String.raw`${THING}\.namespaces\.(?<kind>\w+) == lab\.namespaces\.\k<kind>`),
    ({ kind = '' }) => (isKind(kind) ? { say: 'namespace-of-lab', kind } : undefined),
  ],
  [
    shape(String.raw`${THING}\.namespaces\.(?<kind>\w+) != lab\.namespaces\.\k<kind>`),
    ({ kind = '' }) => (isKind(kind) ? { say: 'namespace-own', kind } : undefined),
  ],
  [
    shape(String.raw`(?<it>${THING})\.procNamespace == \k<it>\.namespaces\.pid`),
    () => ({ say: 'proc-own' }),
  ],
  [
    shape(String.raw`${THING}\.procNamespace == lab\.namespaces\.pid`),
    () => ({ say: 'proc-of-lab' }),
  ],
  [
    shape(String.raw`${THING}\.executable\.endsWith\("/(?<name>[^"]*)"\)`),
    ({ name = '' }) => ({ say: 'program', name: name.slice(name.lastIndexOf('/') + 1) }),
  ],
  [shape(String.raw`\w+\.pid != 1`), () => ({ say: 'not-init' })],
  [shape(String.raw`isContainer\(${THING}\)`), () => ({ say: 'pid-one' })],
  [
    shape(String.raw`\w+\.signal == (?<number>\d+)`),
    ({ number }) => ({ say: 'signal', number: Number(number) }),
  ],
  [shape(String.raw`killedByProcess\(\w+\)`), () => ({ say: 'killed-by-process' })],
  [shape(String.raw`killedByKernel\(\w+\)`), () => ({ say: 'killed-by-kernel' })],
  [
    shape(String.raw`hasMountAt\(mounts, "(?<path>[^"]*)"(?:, "(?<type>[^"]*)")?\)`),
    ({ path = '', type = '' }) => ({ say: 'mounted', path, type }),
  ],
  [
    shape(String.raw`!hasMountAt\(mounts, "(?<path>[^"]*)"\)`),
    ({ path = '' }) => ({ say: 'not-mounted', path }),
  ],
  [
    shape(String.raw`${FILE}\.kind == "(?<kind>\w+)"`),
    ({ path = '', kind = '' }) => ({ say: 'file', path, kind }),
  ],
  [
    shape(String.raw`${FILE}\.device == files\["(?<as>[^"]*)"\]\.device`),
    ({ path = '', as = '' }) => ({ say: 'same-disk', path, as }),
  ],
  [shape(String.raw`${FILE}\.user == 0`), ({ path = '' }) => ({ say: 'owned-by-root', path })],
  [
    shape(String.raw`${FILE}\.size > (?<bytes>\d+)`),
    ({ path = '', bytes }) => ({ say: 'larger', path, bytes: Number(bytes) }),
  ],
  [
    shape(String.raw`!processes\.exists\((?<it>\w+), rootedAt\(\k<it>, ${FILE}\)\)`),
    ({ path = '' }) => ({ say: 'nobody-rooted', path }),
  ],
  [shape(String.raw`\w+\.alive`), () => ({ say: 'alive' })],
  [
    shape(String.raw`(?<one>${THING})\.pid != (?!\k<one>\.)${THING}\.pid`),
    () => ({ say: 'another' }),
  ],
  [
    shape(String.raw`sameNamespace\(${THING}, ${THING}, "(?<kind>\w+)"\)`),
    ({ kind = '' }) => (isKind(kind) ? { say: 'same-namespace', kind } : undefined),
  ],
  [
    shape(String.raw`\w+\.(?:type|kind) == "(?<type>[^"]*)"`),
    ({ type = '' }) => ({ say: 'of-type', type }),
  ],
  [shape(String.raw`\w+\.target == "(?<path>[^"]*)"`), ({ path = '' }) => ({ say: 'at', path })],
  [shape(String.raw`\w+\.name == "(?<name>[^"]*)"`), ({ name = '' }) => ({ say: 'named', name })],
  [shape(String.raw`\w+\.up`), () => ({ say: 'up' })],
];

export function namePlain(source: string): PlainAtom {
  for (const [pattern, name] of shapes) {
    const groups = pattern.exec(source)?.groups;
    const atom = groups !== undefined || pattern.test(source) ? name(groups ?? {}) : undefined;
    if (atom !== undefined) return atom;
  }
  return { say: 'expression', source };
}

function shape(pattern: string): RegExp {
  return new RegExp(`^${pattern}$`);
}

function isKind(kind: string): kind is NamespaceKind {
  return namespaceKinds.some((one) => one === kind);
}
