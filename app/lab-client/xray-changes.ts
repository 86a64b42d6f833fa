// What has changed between two views of a lab, as facts that the page puts into words. Pure; knows no language.
import type { ObservedLink } from '../../server/protocol/network.ts';
import type { NamespaceKind, ObservedProcess } from '../../server/protocol/snapshot.ts';
import { namespaceKinds } from '../../server/protocol/snapshot.ts';
import type { XrayMount, XrayView } from '../../server/protocol/xray.ts';
import { mountKey, processKey } from '../../server/protocol/xray.ts';
import { layerChanges, type LayerChange } from './layer-changes.ts';
import { limitChanges, type LimitChange } from './limit-changes.ts';

export type Change =
  | { what: 'process-born' | 'process-gone'; process: ObservedProcess }
  /** It has called execve(2). */
  | { what: 'program'; process: ObservedProcess; before: string }
  | { what: 'root'; process: ObservedProcess }
  /** It has moved to another namespace of this kind. */
  | { what: 'moved'; kind: NamespaceKind; process: ObservedProcess }
  | { what: 'namespace-born' | 'namespace-gone'; kind: NamespaceKind; id: string }
  | { what: 'mount-added' | 'mount-gone'; mount: XrayMount }
  | { what: 'link-added' | 'link-gone'; network: string; link: ObservedLink }
  /** So many more processes beyond those that link tells of, or fewer. */
  | { what: 'undrawn'; count: number }
  | LayerChange
  | LimitChange;

export function compareViews(before: XrayView, after: XrayView): Change[] {
  const bornNamespaces = namespaceChanges(after, before, 'namespace-born');
  const goneNamespaces = namespaceChanges(before, after, 'namespace-gone');
  const isListed = new Set(
    [...bornNamespaces, ...goneNamespaces].map((change) => `${change.kind}:${change.id}`),
  );
  const isCopy = ({ namespace }: XrayMount): boolean => isListed.has(`mnt:${namespace}`);
  const mounts = (from: XrayView, to: XrayView): XrayMount[] =>
    Object.entries(to.mounts)
      // A new mount namespace begins with a copy of all mounts: that is no news of each.
      .filter(([key, mount]) => !Object.hasOwn(from.mounts, key) && !isCopy(mount))
      .map(([, mount]) => mount);
  return [
    ...bornNamespaces,
    ...limitChanges(before, after),
    ...processChanges(before, after),
    ...mounts(before, after).map((mount) => ({ what: 'mount-added' as const, mount })),
    ...mounts(after, before).map((mount) => ({ what: 'mount-gone' as const, mount })),
    ...layerChanges(before, after),
    ...linkChanges(after, before, 'link-added'),
    ...linkChanges(before, after, 'link-gone'),
    ...goneNamespaces,
  ];
}

/** The devices that only `view` has, in the networks that both have: where one is new or gone, so is all in it. */
function linkChanges<What extends 'link-added' | 'link-gone'>(
  view: XrayView,
  other: XrayView,
  what: What,
): { what: What; network: string; link: ObservedLink }[] {
  return Object.entries(view.networks).flatMap(([network, { links }]) => {
    const known = other.networks[network]?.links;
    if (known === undefined) return [];
    const numbers = new Set(known.map(({ index }) => index));
    return links
      .filter(({ index }) => !numbers.has(index))
      .map((link) => ({ what, network, link }));
  });
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
  const { root, namespaces } = process;
  const hasOtherRoot = root?.inode !== before.root?.inode || root?.device !== before.root?.device;
  if (root !== null && before.root !== null && hasOtherRoot) {
    changes.push({ what: 'root', process });
  }
  for (const kind of namespaceKinds) {
    if (namespaces === null || before.namespaces === null) break;
    if (namespaces[kind] !== before.namespaces[kind])
      changes.push({ what: 'moved', kind, process });
  }
  return changes;
}

/** The namespaces that only `view` has. */
function namespaceChanges<What extends 'namespace-born' | 'namespace-gone'>(
  view: XrayView,
  other: XrayView,
  what: What,
): { what: What; kind: NamespaceKind; id: string }[] {
  return namespaceKinds.flatMap((kind) => {
    // Networks are looked into from a moment on, and no longer from another: that is no news of theirs.
    const areBothSeen = [view, other].every(({ networks }) => Object.keys(networks).length > 0);
    const allOf = (one: XrayView): Set<string> =>
      kind === 'net' && areBothSeen
        ? new Set([...namespacesOf(one, kind), ...Object.keys(one.networks)])
        : namespacesOf(one, kind);
    const there = allOf(other);
    return [...allOf(view)].filter((id) => !there.has(id)).map((id) => ({ what, kind, id }));
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

/** The weightiest first. */
const weights: Record<Change['what'], number> = {
  'namespace-born': 0,
  'limit-hit': 0,
  root: 1,
  moved: 1,
  'mount-added': 2,
  'mount-gone': 2,
  whiteout: 2,
  opaque: 2,
  'link-added': 2,
  'link-gone': 2,
  'namespace-gone': 3,
  'process-born': 4,
  undrawn: 4,
  program: 5,
  'process-gone': 6,
};

/**
 * What is left of many changes: what was born and has gone again since is not worth a word, and a limit that was hit
 * again and again is worth one.
 */
export function sumUp(changes: readonly Change[]): Change[] {
  const count = new Map<string, number>();
  for (const change of changes) {
    const key = passingKey(change);
    if (key !== undefined) count.set(key, (count.get(key) ?? 0) + 1);
  }
  return addUp(changes)
    .filter((change) => (count.get(passingKey(change) ?? '') ?? 0) < 2)
    .toSorted((a, b) => weights[a.what] - weights[b.what]);
}

function addUp(changes: readonly Change[]): Change[] {
  const sums = new Map<string, LimitChange>();
  let undrawn = 0;
  const others = changes.filter((change) => {
    if (change.what === 'undrawn') {
      undrawn += change.count;
      return false;
    }
    if (change.what !== 'limit-hit') return true;
    const key = `${change.limit} ${change.group}`;
    sums.set(key, { ...change, count: change.count + (sums.get(key)?.count ?? 0) });
    return false;
  });
  const more: Change[] = undrawn > 0 ? [{ what: 'undrawn', count: undrawn }] : [];
  return [...sums.values(), ...others, ...more];
}

/** The same for the coming and the going of one thing; undefined for what can do neither. */
function passingKey(change: Change): string | undefined {
  switch (change.what) {
    case 'process-born':
    case 'process-gone':
      return processKey(change.process);
    case 'namespace-born':
    case 'namespace-gone':
      return `${change.kind}:${change.id}`;
    case 'mount-added':
    case 'mount-gone':
      return mountKey(change.mount);
    case 'link-added':
    case 'link-gone':
      return `link:${change.network}:${change.link.index}`;
    case 'program':
    case 'root':
    case 'moved':
    case 'whiteout':
    case 'opaque':
    case 'limit-hit':
    case 'undrawn':
      return undefined;
  }
}

/** Keys of the entries that these changes are about, for lighting them. */
export function keysOf(changes: readonly Change[]): Set<string> {
  return new Set(
    changes.flatMap((change) => {
      if (change.what === 'undrawn') return [];
      if ('process' in change) return processKey(change.process);
      if ('link' in change) return `link:${change.network}:${change.link.index}`;
      if ('group' in change) return `group:${change.group}`;
      return 'mount' in change ? `mount:${change.mount.id}` : `${change.kind}:${change.id}`;
    }),
  );
}
