// One colour for each kind of namespace and each instance of it: a hue for the kind, turned a little with
// each instance. What is said by colour is always said by the label too. Knows no element.
import type { CSSProperties } from 'react';
import type { NamespaceKind } from '../../../server/protocol/snapshot.ts';
import type { Instances } from '../../lab-client/xray-store.ts';

/** Degrees of OKLCH; neighbours in a container's usual set are far apart. */
const hues: Record<NamespaceKind, number> = {
  pid: 28,
  mnt: 255,
  net: 150,
  uts: 75,
  ipc: 310,
  user: 350,
  cgroup: 195,
  time: 110,
};

/** Between one kind and the next; more instances begin again. */
const TURNS = [0, 16, -16, 8, -8] as const;

export const kindNames: Record<NamespaceKind, string> = {
  pid: 'pid',
  mnt: 'mnt',
  net: 'net',
  uts: 'uts',
  ipc: 'ipc',
  user: 'user',
  cgroup: 'cgroup',
  time: 'time',
};

/** In the order in which a course meets them. */
export const kindsInOrder: readonly NamespaceKind[] = [
  'pid',
  'mnt',
  'net',
  'uts',
  'ipc',
  'user',
  'cgroup',
  'time',
];

/** Sets --hue, by which xray.module.css makes ink, line and wash of either scheme. */
export function hueStyle(kind: NamespaceKind, instance: number): CSSProperties {
  const turn = TURNS[Math.max(0, instance - 1) % TURNS.length] ?? 0;
  const style: Record<`--${string}`, number> = { '--hue': hues[kind] + turn };
  return style;
}

/** `pid·2`: the second PID namespace that this page has seen below the lab's. */
export function instanceName(kind: NamespaceKind, id: string, instances: Instances): string {
  return numberedName(kind, instances[kind][id] ?? '?');
}

export const numberedName = (kind: NamespaceKind, number: number | '?'): string =>
  `${kindNames[kind]}·${number}`;
