// Finds the network namespaces of a lab and what keeps each: a process, a bind mount (`ip netns add`), a descriptor.
// Knows no netlink.
import type { ObservedMount } from '../../protocol/snapshot.ts';
import { findOpenNamespaces, parseNamespace } from './open-files.ts';
import type { ReadProcess } from './read-process.ts';

const PATHS = 8;

export type FoundNetwork = {
  id: string;
  paths: string[];
  hasProcess: boolean;
  hasDescriptor: boolean;
  /** A file of the lab host's /proc, or a path below the root of a process. */
  file: { path: string } | { path: string; rootOf: number };
  /** Whoever the file is of. */
  owner: Pick<ReadProcess, 'hostPid' | 'startTime'> | undefined;
};

/** The lab's own first. */
export function findNetworks(
  own: { initPid: number; net: string; mnt: string },
  processes: readonly ReadProcess[],
  mounts: Readonly<Record<string, readonly ObservedMount[]>>,
): FoundNetwork[] {
  const found = new Map<string, FoundNetwork>();
  const note = (id: string, file: FoundNetwork['file'], owner: FoundNetwork['owner']) => {
    const known = found.get(id);
    if (known !== undefined) return known;
    const network = { id, paths: [], hasProcess: false, hasDescriptor: false, file, owner };
    found.set(id, network);
    return network;
  };
  note(own.net, { path: `/proc/${own.initPid}/ns/net` }, undefined).hasProcess = true;
  const seers = new Map([[own.mnt, own.initPid]]);
  for (const process of processes) {
    const { hostPid, namespaces } = process;
    if (namespaces === null) continue;
    note(namespaces.net, { path: `/proc/${hostPid}/ns/net` }, process).hasProcess = true;
    if (!seers.has(namespaces.mnt)) seers.set(namespaces.mnt, hostPid);
  }
  for (const [namespace, list] of Object.entries(mounts)) {
    const rootOf = seers.get(namespace);
    if (rootOf === undefined) continue;
    for (const { type, root, target } of list) {
      const kept = type === 'nsfs' ? parseNamespace(root) : undefined;
      if (kept?.kind !== 'net') continue;
      const { paths } = note(kept.id, { path: target.slice(1), rootOf }, undefined);
      if (paths.length < PATHS && !paths.includes(target)) paths.push(target);
    }
  }
  for (const { kind, id, process, descriptor } of findOpenNamespaces(processes)) {
    if (kind !== 'net') continue;
    note(id, { path: `/proc/${process.hostPid}/fd/${descriptor}` }, process).hasDescriptor = true;
  }
  return [...found.values()];
}
