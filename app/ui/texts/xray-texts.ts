// Every sentence of the x-ray, as one type that each language fills. Knows no React.
import type { NamespaceKind } from '../../../server/protocol/snapshot.ts';

export type XrayTab = 'processes' | 'namespaces' | 'mounts' | 'capabilities';

export type XrayTexts = {
  title: string;
  show: string;
  hide: string;
  phone: string;
  divider: string;
  waiting: string;
  tabs: Record<XrayTab, string>;
  /** What a kind of namespace keeps apart. */
  kinds: Record<NamespaceKind, string>;
  hostView: string;
  containerView: string;
  noContainer: string;
  pid: string;
  process: string;
  insideProcess: (name: string, pid: number, outside: number) => string;
  outsideProcess: (name: string, pid: number) => string;
  more: (count: number, name: string) => string;
  hidden: (count: number) => string;
  zombie: string;
  pidRegion: string;
  otherRegion: string;
  root: (path: string) => string;
  ofLab: string;
  sameAsLab: string;
  legend: string;
  nextChild: (namespace: string) => string;
  mounts: {
    lab: string;
    namespace: (name: string) => string;
    members: (names: string) => string;
    target: string;
    type: string;
    source: string;
    propagation: string;
    asLab: (count: number) => string;
    part: (root: string) => string;
  };
  capabilities: {
    lead: string;
    none: string;
    all: string;
    some: (count: number, of: number) => string;
    effective: string;
    bounding: string;
    missing: string;
  };
  detail: {
    close: string;
    lead: string;
    whole: string;
    numbers: string;
    numbersValue: (numbers: readonly number[]) => string;
    parent: string;
    outsideParent: string;
    user: string;
    state: string;
    command: string;
    executable: string;
    root: string;
    workingDirectory: string;
    namespaces: string;
    childNamespace: string;
    proc: string;
    procOf: (namespace: string) => string;
    noProc: string;
    terminal: string;
    noTerminal: string;
    seccomp: string;
    seccompModes: readonly [string, string, string];
    noNewPrivileges: string;
    capabilities: string;
    unreadable: string;
    yes: string;
    no: string;
  };
  states: Record<string, string>;
  change: {
    title: string;
    none: string;
    born: (name: string, pid: number, inside: number | undefined) => string;
    manyBorn: (count: number, name: string) => string;
    gone: (name: string, pid: number) => string;
    manyGone: (count: number, name: string) => string;
    program: (pid: number, before: string, now: string) => string;
    root: (name: string, pid: number, path: string) => string;
    moved: (name: string, pid: number, namespace: string) => string;
    namespaceBorn: (namespace: string, what: string) => string;
    namespaceGone: (namespace: string) => string;
    mountAdded: (type: string, target: string, namespace: string) => string;
    mountGone: (target: string, namespace: string) => string;
    more: (count: number) => string;
  };
};
