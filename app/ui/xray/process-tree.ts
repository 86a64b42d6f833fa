// The processes of a view in the order in which they are drawn: as a tree, siblings by age, so that what is
// there keeps its place; of many that are alike only the oldest, and a count. Pure; knows no pixel.
import type { NamespaceKind, ObservedProcess } from '../../../server/protocol/snapshot.ts';
import { namespaceKinds } from '../../../server/protocol/snapshot.ts';
import type { XrayView } from '../../../server/protocol/xray.ts';
import { processKey } from '../../../server/protocol/xray.ts';

/** Of one name in one place, as under a fork bomb. */
const ALIKE = 6;

export type Row = {
  key: string;
  /** Generations below the first process that is drawn. */
  depth: number;
  /** Which container it is in, by `regionOf`; undefined for one that lives as the lab does. */
  region: string | undefined;
} & (
  | { process: ObservedProcess }
  /** So many more of this name. */
  | { more: number; name: string }
);

/** Kinds of namespaces in which a process is not where the lab is. */
export function ownKinds(process: ObservedProcess, view: XrayView): NamespaceKind[] {
  const { namespaces } = process;
  if (namespaces === null) return [];
  return namespaceKinds.filter((kind) => namespaces[kind] !== view.lab.namespaces[kind]);
}

export function hasOwnRoot({ root }: ObservedProcess, { lab }: XrayView): boolean {
  return root !== null && (root.inode !== lab.root.inode || root.device !== lab.root.device);
}

/**
 * Names the container that a process is in: its PID namespace, or, within the lab's PID namespace, the set of
 * its other namespaces and its root. Undefined for one that shares all of them with the lab.
 */
export function regionOf(process: ObservedProcess, view: XrayView): string | undefined {
  const { namespaces, root } = process;
  if (namespaces === null) return undefined;
  const own = ownKinds(process, view);
  if (own.includes('pid')) return `pid:${namespaces.pid}`;
  if (own.length === 0 && !hasOwnRoot(process, view)) return undefined;
  const ids = own.map((kind) => `${kind}:${namespaces[kind]}`);
  return [...ids, `root:${root?.device}:${root?.inode}`].join(' ');
}

export function listRows(view: XrayView): Row[] {
  const { shown, rest } = divideAlike(view);
  const byPid = new Map(Object.values(view.processes).map((process) => [process.pid, process]));
  const isShown = new Set(shown);
  const parentOf = (process: ObservedProcess): ObservedProcess | undefined => {
    const passed = new Set<ObservedProcess>([process]);
    let parent = byPid.get(process.parent);
    while (parent !== undefined && !isShown.has(parent) && !passed.has(parent)) {
      passed.add(parent);
      parent = byPid.get(parent.parent);
    }
    return parent !== undefined && isShown.has(parent) && parent !== process ? parent : undefined;
  };
  const children = Map.groupBy(shown, parentOf);
  const rows: Row[] = [];
  const add = (process: ObservedProcess, depth: number): void => {
    rows.push({ key: processKey(process), depth, region: regionOf(process, view), process });
    const more = rest.get(process);
    for (const child of children.get(process) ?? []) add(child, depth + 1);
    if (more === undefined) return;
    const { name } = process;
    const key = `more:${name}:${regionOf(process, view)}`;
    rows.push({ key, depth, region: regionOf(process, view), more, name });
  };
  for (const root of children.get(undefined) ?? []) add(root, 0);
  return rows;
}

/** The oldest of each kind, and how many more there are after the last of those that are shown. */
function divideAlike(view: XrayView): {
  shown: ObservedProcess[];
  rest: Map<ObservedProcess, number>;
} {
  const oldest = Object.values(view.processes).toSorted(
    (a, b) => a.startTime - b.startTime || a.pid - b.pid,
  );
  const alike = Map.groupBy(oldest, (process) => `${process.name}\n${regionOf(process, view)}`);
  const rest = new Map<ObservedProcess, number>();
  const hidden = new Set<ObservedProcess>();
  for (const group of alike.values()) {
    const last = group[ALIKE - 1];
    if (last === undefined || group.length === ALIKE) continue;
    rest.set(last, group.length - ALIKE);
    for (const process of group.slice(ALIKE)) hidden.add(process);
  }
  return { shown: oldest.filter((process) => !hidden.has(process)), rest };
}
