// Where everything in the picture of networks stands: the lab's network on the left, the others on the right, each
// a region with a row for each device, and a line between the two ends of what leads from one to another. Pure: the
// same view gives the same places, and what is new comes below what was there. Knows no element.
import type { ObservedLink } from '../../../server/protocol/network.ts';
import type { XrayView } from '../../../server/protocol/xray.ts';

/** Pixels. */
export const LINK_ROW = 42;
const HEAD = 32;
const PADDING = 4;
const GAP = 10;
/** Between two lines that go round beside the regions. */
const LANE = 6;
const LANES = 4;

export type PlacedLink = {
  key: string;
  link: ObservedLink;
  /** From the top of the region. */
  y: number;
  /** 1 for the port of a bridge. */
  depth: number;
};

export type NetworkRegion = {
  id: string;
  isLab: boolean;
  y: number;
  height: number;
  links: PlacedLink[];
};

/** `round`: between two places of one side, so many pixels out of it and back; undefined for a line across. */
export type NetworkLine = {
  key: string;
  network: string;
  from: number;
  to: number;
  round?: { isLab: boolean; pixels: number };
};

export type NetworkPicture = { regions: NetworkRegion[]; lines: NetworkLine[]; height: number };

/** Key of a device: its number is its own only within its namespace. */
export const linkKey = (network: string, index: number): string => `link:${network}:${index}`;

/** `numbers` of the namespaces, the lab's 0: they stay, and so does the order of the regions. */
export function layOutNetworks(
  view: XrayView,
  numbers: Readonly<Record<string, number>>,
): NetworkPicture {
  const lab = view.lab.namespaces.net;
  const ids = Object.keys(view.networks).toSorted((a, b) => (numbers[a] ?? 0) - (numbers[b] ?? 0));
  const regions: NetworkRegion[] = [];
  let free = 0;
  for (const id of ids) {
    const isLab = id === lab;
    const links = placeLinks(id, view.networks[id]?.links ?? []);
    const height = HEAD + links.length * LINK_ROW + 2 * PADDING;
    regions.push({ id, isLab, y: isLab ? 0 : free, height, links });
    if (!isLab) free += height + GAP;
  }
  const bottoms = regions.map(({ y, height }) => y + height);
  return { regions, lines: linesOf(regions), height: Math.max(0, ...bottoms) };
}

/** By number, loopback first; the ports of a bridge below it. */
function placeLinks(id: string, links: readonly ObservedLink[]): PlacedLink[] {
  const ordered = links.toSorted((a, b) => a.index - b.index);
  const rows: { link: ObservedLink; depth: number }[] = [];
  const place = (link: ObservedLink, depth: number): void => {
    if (rows.some((row) => row.link === link)) return;
    rows.push({ link, depth });
    for (const port of ordered) if (port.bridge === link.index) place(port, depth + 1);
  };
  const indexes = new Set(links.map(({ index }) => index));
  for (const link of ordered) {
    if (link.bridge === null || !indexes.has(link.bridge)) place(link, 0);
  }
  return rows.map(({ link, depth }, row) => ({
    key: linkKey(id, link.index),
    link,
    y: HEAD + PADDING + row * LINK_ROW,
    depth,
  }));
}

function linesOf(regions: readonly NetworkRegion[]): NetworkLine[] {
  const places = new Map(
    regions.flatMap((region) =>
      region.links.map(({ key, y }) => [key, { region, y: region.y + y + LINK_ROW / 2 }] as const),
    ),
  );
  const lines: NetworkLine[] = [];
  let lanes = 0;
  for (const { region, key, link } of regions.flatMap((one) =>
    one.links.map((placed) => ({ region: one, ...placed })),
  )) {
    const { linked } = link;
    if (linked === null || linked.namespace === null) continue;
    const otherKey = linkKey(linked.namespace, linked.index);
    const [here, there] = [places.get(key), places.get(otherKey)];
    if (here === undefined || there === undefined || key === otherKey) continue;
    // Both ends of a veth tell of each other: it is drawn from the lab's, else from the upper one.
    const isSecond = lines.some((line) => line.key === `${otherKey}|${key}`);
    if (isSecond) continue;
    const isAcross = region.isLab !== there.region.isLab;
    lines.push({
      key: `${key}|${otherKey}`,
      network: region.isLab ? there.region.id : region.id,
      from: isAcross && !region.isLab ? there.y : here.y,
      to: isAcross && !region.isLab ? here.y : there.y,
      ...(isAcross ? {} : { round: { isLab: region.isLab, pixels: pixelsOf(lanes++) } }),
    });
  }
  return lines;
}

const pixelsOf = (lane: number): number => ((lane % LANES) + 1) * LANE;
