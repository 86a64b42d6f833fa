// What has changed between two views of a lab, as facts that the page puts into words. Pure; knows no language.
import type { NamespaceKind, ObservedProcess } from '../../server/protocol/snapshot.ts';
import { namespaceKinds } from '../../server/protocol/snapshot.ts';
import type { XrayMount, XrayView } from '../../server/protocol/xray.ts';
import { processKey } from '../../server/protocol/xray.ts';
import { credentialChanges, type CredentialChange } from './credential-changes.ts';
import { groupChanges, type GroupChange } from './group-changes.ts';
import { layerChanges, type LayerChange } from './layer-changes.ts';
import { limitChanges, type LimitChange } from './limit-changes.ts';
import { mountChanges, type MountChange } from './mount-changes.ts';
import { isSameNamespace, type Instances, type NamespaceName } from './namespace-instances.ts';
import { networkChanges, routeKey, ruleKey, type NetworkChange } from './network-changes.ts';

export type Change =
  | { what: 'process-born' | 'process-gone'; process: ObservedProcess }
  /** It has called execve(2). */
  | { what: 'program'; process: ObservedProcess; before: string }
  | { what: 'root'; process: ObservedProcess }
  /** It has moved to another namespace of this kind. */
  | { what: 'moved'; kind: NamespaceKind; process: ObservedProcess }
  /** `number` among those of its kind, where the page has given it one. */
  | {
      what: 'namespace-born' | 'namespace-gone';
      kind: NamespaceKind;
      id: string;
      number: number | undefined;
    }
  /** It has been put into another cgroup. */
  | { what: 'regrouped'; process: ObservedProcess; before: string; now: string }
  /** So many more processes beyond those that link tells of, or fewer. */
  | { what: 'undrawn'; count: number }
  | CredentialChange
  | GroupChange
  | LayerChange
  | LimitChange
  | MountChange
  | NetworkChange;

/** `numbers` of the namespaces of each. */
export function compareViews(
  before: XrayView,
  after: XrayView,
  numbers?: { before: Instances; after: Instances },
): Change[] {
  const isAnother = (name: NamespaceName): boolean => !isSameNamespace(name, before, after);
  const bornNamespaces = newIn(after, before, isAnother).map(({ kind, id }) => {
    const number = numbers?.after[kind][id];
    return { what: 'namespace-born' as const, kind, id, number };
  });
  const goneNamespaces = newIn(before, after, isAnother).map(({ kind, id }) => {
    const number = numbers?.before[kind][id];
    return { what: 'namespace-gone' as const, kind, id, number };
  });
  const isListed = new Set(
    [...bornNamespaces, ...goneNamespaces].map((change) => `${change.kind}:${change.id}`),
  );
  const isCopy = ({ namespace }: XrayMount): boolean => isListed.has(`mnt:${namespace}`);
  return [
    ...bornNamespaces,
    ...limitChanges(before, after),
    ...processChanges(before, after),
    ...mountChanges(before, after, isCopy),
    ...layerChanges(before, after),
    ...networkChanges(before, after).filter(({ network }) => !isListed.has(`net:${network}`)),
    ...groupChanges(before, after),
    ...goneNamespaces,
  ];
}

function processChanges(before: XrayView, after: XrayView): Change[] {
  const changes: Change[] = [];
  for (const [key, process] of Object.entries(after.processes)) {
    const earlier = before.processes[key];
    if (earlier === undefined) changes.push({ what: 'process-born', process });
    else changes.push(...changesOf(earlier, process));
  }
  for (const [key, process] of Object.entries(before.processes)) {
    if (!Object.hasOwn(after.processes, key)) changes.push({ what: 'process-gone', process });
  }
  const more = after.hidden.processes - before.hidden.processes;
  if (more !== 0) changes.push({ what: 'undrawn', count: more });
  return changes;
}

function changesOf(before: ObservedProcess, process: ObservedProcess): Change[] {
  const changes: Change[] = [];
  if (before.name !== process.name) {
    changes.push({ what: 'program', process, before: before.name });
  }
  const { root, namespaces, group } = process;
  if (group !== null && before.group !== null && group !== before.group) {
    changes.push({ what: 'regrouped', process, before: before.group, now: group });
  }
  const hasOtherRoot = root?.inode !== before.root?.inode || root?.device !== before.root?.device;
  if (root !== null && before.root !== null && hasOtherRoot) {
    changes.push({ what: 'root', process });
  }
  for (const kind of namespaceKinds) {
    if (namespaces === null || before.namespaces === null) break;
    if (namespaces[kind] !== before.namespaces[kind])
      changes.push({ what: 'moved', kind, process });
  }
  return [...changes, ...credentialChanges(before, process)];
}

/** The namespaces that only `view` has; `isAnother` tells of those whose number both have. */
function newIn(
  view: XrayView,
  other: XrayView,
  isAnother: (name: NamespaceName) => boolean,
): NamespaceName[] {
  return namespaceKinds.flatMap((kind) => {
    // Networks are looked into from a moment on, and no longer from another: that is no news of theirs.
    const areBothSeen = [view, other].every(({ networks }) => Object.keys(networks).length > 0);
    const allOf = (one: XrayView): Set<string> =>
      kind === 'net' && areBothSeen
        ? new Set([...namespacesOf(one, kind), ...Object.keys(one.networks)])
        : namespacesOf(one, kind);
    const there = allOf(other);
    return [...allOf(view)]
      .filter((id) => !there.has(id) || isAnother({ kind, id }))
      .map((id) => ({ kind, id }));
  });
}

export function namespacesOf(view: XrayView, kind: NamespaceKind): Set<string> {
  const ids = new Set([view.lab.namespaces[kind]]);
  for (const { namespaces } of Object.values(view.processes)) {
    if (namespaces !== null) ids.add(namespaces[kind]);
  }
  // Those that a mount or an open file keeps, too.
  for (const one of Object.values(view.namespaces)) if (one.kind === kind) ids.add(one.id);
  return ids;
}

/** Keys of the entries that these changes are about, for lighting them. */
export function keysOf(changes: readonly Change[]): Set<string> {
  return new Set(
    changes.flatMap((change) => {
      if (change.what === 'undrawn') return [];
      if ('process' in change) return processKey(change.process);
      if ('link' in change) return `link:${change.network}:${change.link.index}`;
      if ('route' in change) return `route:${change.network}:${routeKey(change.route)}`;
      if ('rule' in change) return `rule:${change.network}:${ruleKey(change.rule)}`;
      if ('group' in change) return `group:${change.group}`;
      return 'mount' in change ? `mount:${change.mount.id}` : `${change.kind}:${change.id}`;
    }),
  );
}
