// Builds realistic snapshots for tests of the judge: a lab with its init and a shell, and what a lesson
// adds to it. Knows no kernel; the numbers are those of a lab that was looked at.
import type { ObservedOverlay } from '../../../server/protocol/snapshot-layers.ts';
import type { ObservedNamespace } from '../../../server/protocol/snapshot-namespaces.ts';
import { snapshotSchema } from '../../../server/protocol/snapshot.ts';
import type {
  ObservedExit,
  ObservedFile,
  ObservedGroup,
  ObservedMount,
  ObservedProcess,
  Snapshot,
} from '../../../server/protocol/snapshot.ts';

type Namespaces = NonNullable<ObservedProcess['namespaces']>;

export const labNamespaces: Namespaces = {
  cgroup: '4026532181',
  ipc: '4026532179',
  mnt: '4026532176',
  net: '4026532182',
  pid: '4026532180',
  time: '4026532251',
  user: '4026531837',
  uts: '4026532177',
};
export const labRoot = { path: '/', device: '0:48', inode: '2' };
export const rootfs = { path: '/home/student/rootfs', device: '7:3', inode: '4711' };
export const containerPidNamespace = '4026532300';
export const containerMountNamespace = '4026532301';

export const rootfsProcMount: ObservedMount = {
  id: 412,
  parent: 380,
  target: '/home/student/rootfs/proc',
  root: '/',
  type: 'proc',
  source: 'proc',
  options: ['rw', 'relatime'],
  propagation: 'private',
  peerGroup: null,
  master: null,
  layers: null,
};

/** In the lab's own user namespace. */
export function makeUser(id: number): ObservedProcess['user'] {
  return { real: id, effective: id, inside: null };
}

/** Of a program that may do what is in `held`, and nothing that it was given otherwise. */
export function makeCapabilities(held: string): ObservedProcess['capabilities'] {
  const [inheritable, ambient] = ['0', '0'];
  return { effective: held, permitted: held, inheritable, ambient, bounding: '1ffffffffff' };
}

/** A process of the lab; `over` says what is different about it. */
export function makeProcess(pid: number, over: Partial<ObservedProcess> = {}): ObservedProcess {
  return {
    pid,
    pids: [pid],
    parent: 1,
    startTime: 1000 + pid,
    user: makeUser(0),
    state: 'S',
    name: 'sh',
    command: ['/bin/sh'],
    executable: '/usr/bin/dash',
    root: labRoot,
    workingDirectory: labRoot,
    namespaces: labNamespaces,
    childPidNamespace: labNamespaces.pid,
    procNamespace: labNamespaces.pid,
    group: '/',
    terminal: 0,
    seccomp: 2,
    noNewPrivileges: false,
    capabilities: makeCapabilities('0'),
    ...over,
  };
}

/** A shell that was started with chroot and nothing else. */
export function makeChroot(pid: number, over: Partial<ObservedProcess> = {}): ObservedProcess {
  return makeProcess(pid, { root: rootfs, procNamespace: null, ...over });
}

/** A process of a PID namespace below the lab's; `inside` is its number there. */
export function makeInside(
  pid: number,
  inside: number,
  over: Partial<ObservedProcess> = {},
): ObservedProcess {
  return makeProcess(pid, {
    pids: [pid, inside],
    root: rootfs,
    namespaces: { ...labNamespaces, pid: containerPidNamespace },
    childPidNamespace: containerPidNamespace,
    procNamespace: null,
    ...over,
  });
}

export function makeZombie(process: ObservedProcess): ObservedProcess {
  return {
    ...process,
    state: 'Z',
    command: [],
    executable: null,
    root: null,
    workingDirectory: null,
    namespaces: null,
    childPidNamespace: null,
    procNamespace: null,
    group: null,
  };
}

export function makeExit(
  process: ObservedProcess,
  how: { code: number } | { signal: number; sender?: ObservedExit['sender'] },
): ObservedExit {
  const { pid, startTime } = process;
  return { pid, startTime, code: null, signal: null, sender: null, ...how };
}

export function makeFile(over: Partial<ObservedFile> = {}): ObservedFile {
  return { kind: 'file', device: '7:3', inode: '1', user: 0, mode: 0o755, size: 1000, ...over };
}

const init = makeProcess(1, { parent: 0, name: 'init', executable: '/usr/bin/sleep' });
const shell = makeProcess(28, {
  parent: 0,
  name: 'bash',
  executable: '/usr/bin/bash',
  user: makeUser(1000),
});

export type LabState = {
  processes?: ObservedProcess[];
  mounts?: ObservedMount[];
  /** Mounts of other namespaces than the lab's. */
  otherMounts?: Record<string, ObservedMount[]>;
  overlays?: ObservedOverlay[];
  moreOverlays?: number;
  namespaces?: ObservedNamespace[];
  files?: Record<string, ObservedFile>;
  groups?: ObservedGroup[];
  moreGroups?: number;
  moreNamespaces?: number;
  passed?: ObservedProcess[];
  networks?: Snapshot['networks'];
  networksMissing?: boolean;
  exits?: ObservedExit[];
  truncated?: boolean;
};

/** A lab with `rootfs` unpacked, its init, a shell, and what `state` adds. Parsed by the real schema. */
export function makeSnapshot(state: LabState = {}): Snapshot {
  const { device, inode } = rootfs;
  const own: ObservedMount = { ...rootfsProcMount, id: 381, target: '/proc' };
  return snapshotSchema.parse({
    version: 3,
    at: 0,
    lab: { namespaces: labNamespaces, root: labRoot },
    processes: [init, shell, ...(state.processes ?? [])],
    mounts: { [labNamespaces.mnt]: [own, ...(state.mounts ?? [])], ...state.otherMounts },
    overlays: state.overlays ?? [],
    moreOverlays: state.moreOverlays ?? 0,
    namespaces: state.namespaces ?? [],
    moreNamespaces: state.moreNamespaces ?? 0,
    groups: state.groups ?? [],
    moreGroups: state.moreGroups ?? 0,
    networks: state.networks ?? null,
    networksMissing: state.networksMissing ?? false,
    files: {
      '/home/student/rootfs': makeFile({ kind: 'directory', device, inode }),
      ...state.files,
    },
    passed: state.passed ?? [],
    exits: state.exits ?? [],
    truncated: state.truncated ?? false,
  });
}
