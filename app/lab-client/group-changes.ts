// Cgroups that were made or removed, and limits that were set. Pure; knows no language.
import type { ObservedGroup } from '../../server/protocol/snapshot.ts';
import type { XrayView } from '../../server/protocol/xray.ts';
import type { LimitChange } from './limit-changes.ts';

type Limit = LimitChange['limit'];

export type GroupChange =
  /** `group` is its path. */
  | { what: 'group-made' | 'group-gone'; group: string }
  /** Bytes, processes, or processors at once; null for none. */
  | { what: 'limit-set'; group: string; limit: Limit; before: number | null; now: number | null };

export function groupChanges(before: XrayView, after: XrayView): GroupChange[] {
  return [
    ...onlyIn(after, before).map(({ path }) => ({ what: 'group-made', group: path }) as const),
    ...Object.values(after.groups).flatMap((group) => {
      const earlier = before.groups[group.path];
      // It may have been there with its limits all along.
      if (earlier === undefined && before.hidden.groups > 0) return [];
      return limitsSet(earlier, group);
    }),
    ...onlyIn(before, after).map(({ path }) => ({ what: 'group-gone', group: path }) as const),
  ];
}

/** Where some are not told, one that is new may have been there. */
function onlyIn({ groups, hidden }: XrayView, other: XrayView): ObservedGroup[] {
  if (hidden.groups + other.hidden.groups > 0) return [];
  return Object.values(groups).filter(({ path }) => !Object.hasOwn(other.groups, path));
}

/** A new group has none, until somebody sets one. */
function limitsSet(earlier: ObservedGroup | undefined, group: ObservedGroup): GroupChange[] {
  const [then, now] = [limitsOf(earlier), limitsOf(group)];
  return kinds
    .filter((limit) => then[limit] !== now[limit])
    .map((limit) => ({
      what: 'limit-set',
      group: group.path,
      limit,
      before: then[limit],
      now: now[limit],
    }));
}

const kinds = ['memory', 'processes', 'processor'] as const;

const limitsOf = (group: ObservedGroup | undefined): Record<Limit, number | null> => ({
  memory: group?.memory?.limit ?? null,
  processes: group?.processes?.limit ?? null,
  processor: group?.processor?.cores ?? null,
});
