// What has changed in a lab, as sentences that each language fills. Knows no React.

export type ChangeTexts = {
  title: string;
  none: string;
  passed: string;
  born: (name: string, pid: number, inside: number | undefined) => string;
  manyBorn: (count: number, name: string) => string;
  undrawn: (count: number) => string;
  gone: (name: string, pid: number) => string;
  manyEnded: (count: number, name: string) => string;
  program: (pid: number, before: string, now: string) => string;
  root: (name: string, pid: number, path: string) => string;
  moved: (name: string, pid: number, namespace: string) => string;
  namespaceBorn: (namespace: string, what: string) => string;
  namespaceGone: (namespace: string) => string;
  mountAdded: (type: string, target: string, namespace: string) => string;
  mountGone: (target: string, namespace: string) => string;
  linkAdded: (name: string, kind: string, network: string) => string;
  linkGone: (name: string, network: string) => string;
  whiteout: (path: string, namespace: string) => string;
  manyWhiteouts: (count: number, target: string) => string;
  opaque: (path: string, namespace: string) => string;
  wholeLab: string;
  limits: Record<'memory' | 'processes' | 'processor', (group: string, count: number) => string>;
  linkOn: (name: string, network: string) => string;
  linkOff: (name: string, network: string) => string;
  linkNamed: (before: string, now: string, network: string) => string;
  /** Of no bridge any more when there is none. */
  linkPort: (name: string, bridge: string | null, before: string | null) => string;
  addressAdded: (address: string, device: string, network: string) => string;
  addressGone: (address: string, device: string, network: string) => string;
  /** `way`: as `route` says it. */
  routeAdded: (way: string, network: string) => string;
  routeGone: (way: string, network: string) => string;
  /** `to` is null for what no other route leads to. */
  route: (to: string | null, gateway: string | null, by: string | null) => string;
  ruleAdded: (chain: string, rule: string, network: string) => string;
  ruleGone: (chain: string, rule: string, network: string) => string;
  manyAdded: Record<'address' | 'route' | 'rule', (count: number, network: string) => string>;
  manyGone: Record<'address' | 'route' | 'rule', (count: number, network: string) => string>;
  remounted: (
    target: string,
    options: { now: string; before: string },
    namespace: string,
  ) => string;
  propagation: (
    target: string,
    words: { now: string; before: string },
    namespace: string,
  ) => string;
  manyPropagations: (count: number, now: string, namespace: string) => string;
  regrouped: (process: string, group: string) => string;
  groupMade: (group: string) => string;
  groupGone: (group: string) => string;
  /** Bytes, processes, or processors at once; null for no limit. */
  limitsSet: Record<
    'memory' | 'processes' | 'processor',
    (group: string, value: number | null) => string
  >;
  /** Of a process in another user namespace. */
  userInside: (outside: string, inside: string) => string;
  user: (process: string, now: string, before: string) => string;
  /** Names of those in force that are new, and of those that are no more; both may be empty. */
  capabilities: (process: string, gained: string, lost: string) => string;
  someCapabilities: (count: number) => string;
  seccomp: (process: string, mode: number) => string;
  noNewPrivileges: (process: string) => string;
  more: (count: number) => string;
};
