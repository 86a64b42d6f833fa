// Where everything in the picture of processes stands: the lab's rows on the left, containers on the right,
// and a line for each process that is in both. Pure: the same view gives the same places. Knows no element.
import type { NamespaceKind } from '../../../server/protocol/snapshot.ts';
import type { XrayView } from '../../../server/protocol/xray.ts';
import type { Row } from './process-tree.ts';
import { hasOwnRoot, listRows, ownKinds } from './process-tree.ts';

/** Pixels. */
export const ROW = 28;
const HEAD = 30;
const PADDING = 6;
const GAP = 10;

export type Placed = Row & { y: number };

export type Region = {
  id: string;
  y: number;
  height: number;
  /** Kinds in which all of its processes are not where the lab is. */
  kinds: NamespaceKind[];
  /** Path of the root that they share, when it is not the lab's. */
  root: string | undefined;
  rows: Placed[];
};

export type Line = { key: string; region: string; from: number; to: number };

export type Picture = { rows: Placed[]; regions: Region[]; lines: Line[]; height: number };

export function layOut(view: XrayView): Picture {
  const rows = listRows(view).map((row, index): Placed =>
    Object.assign({}, row, { y: index * ROW }),
  );
  const members = Map.groupBy(rows, (row) => row.region);
  const regions: Region[] = [];
  let free = 0;
  for (const [id, list] of members) {
    if (id === undefined) continue;
    const first = list[0]?.y ?? 0;
    // As near to its processes on the left as the regions above it allow.
    const y = Math.max(free, first - HEAD - PADDING);
    const region = placeRegion(id, list, { y, view });
    regions.push(region);
    free = region.y + region.height + GAP;
  }
  const lines = regions.flatMap((region) => linesOf(region, rows));
  const height = Math.max(rows.length * ROW, free - GAP);
  return { rows, regions, lines, height };
}

function placeRegion(
  id: string,
  list: readonly Placed[],
  { y, view }: { y: number; view: XrayView },
): Region {
  const processes = list.flatMap((row) => ('process' in row ? [row.process] : []));
  const [first] = processes;
  const all = first === undefined ? [] : ownKinds(first, view);
  const kinds = all.filter((kind) =>
    processes.every((one) => one.namespaces?.[kind] === first?.namespaces?.[kind]),
  );
  const hasRoot = processes.every((one) => hasOwnRoot(one, view));
  const isOneRoot = processes.every((one) => one.root?.inode === first?.root?.inode);
  const shallowest = Math.min(...list.map(({ depth }) => depth));
  return {
    id,
    y,
    height: HEAD + list.length * ROW + 2 * PADDING,
    kinds,
    root: hasRoot && isOneRoot ? first?.root?.path : undefined,
    rows: list.map((row, index) => ({
      ...row,
      depth: row.depth - shallowest,
      y: HEAD + PADDING + index * ROW,
    })),
  };
}

function linesOf(region: Region, rows: readonly Placed[]): Line[] {
  return region.rows.flatMap((inside) => {
    const outside = rows.find(({ key }) => key === inside.key);
    if (outside === undefined) return [];
    const from = outside.y + ROW / 2;
    return [{ key: inside.key, region: region.id, from, to: region.y + inside.y + ROW / 2 }];
  });
}
