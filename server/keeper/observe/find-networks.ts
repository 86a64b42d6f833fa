// Finds the network namespaces of a lab and what keeps each: a process, a bind mount (`ip netns add`), a descriptor.
// Knows no netlink.
import { readdirSync } from 'node:fs';
import { readProcLink } from '../../kernel/files-beneath.ts';
import type { ObservedMount } from '../../protocol/snapshot.ts';
import type { ReadProcess } from './read-process.ts';

/** Descriptors looked at in one look. A lab may have tens of thousands, and namespaces are kept in few. */
const DESCRIPTORS = 2000;
const DESCRIPTORS_PER_PROCESS = 256;
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
      const id = type === 'nsfs' ? networkId(root) : undefined;
      if (id === undefined) continue;
      const { paths } = note(id, { path: target.slice(1), rootOf }, undefined);
      if (paths.length < PATHS && !paths.includes(target)) paths.push(target);
    }
  }
  for (const { id, path, process } of descriptorsOf(processes)) {
    note(id, { path }, process).hasDescriptor = true;
  }
  return [...found.values()];
}

function* descriptorsOf(processes: readonly ReadProcess[]) {
  let left = DESCRIPTORS;
  for (const process of processes) {
    const directory = `/proc/${process.hostPid}/fd`;
    for (const name of namesIn(directory)) {
      if (left <= 0) return;
      left -= 1;
      const path = `${directory}/${name}`;
      const id = networkId(readProcLink(path) ?? '');
      if (id !== undefined) yield { id, path, process };
    }
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).slice(0, DESCRIPTORS_PER_PROCESS);
  } catch {
    return [];
  }
}

/** `net:[4026531833]` → `4026531833`; no path of a file is written so (namespaces(7), proc_pid_fd(5)). */
const networkId = (link: string): string | undefined => /^net:\[(\d+)\]$/.exec(link)?.[1];
