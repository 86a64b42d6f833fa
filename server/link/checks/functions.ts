// The functions that expressions may call, each with its CEL signature. Knows no course.
import { spend } from './meter.ts';
import type { NetworkValue } from './network-values.ts';
import { UNKNOWN_NAMESPACE } from './values.ts';
import type {
  EndedValue,
  FileValue,
  MountValue,
  NamespacesValue,
  PlaceValue,
  ProcessValue,
} from './values.ts';
import { isContainer } from './view.ts';

/** A chain of parents longer than this is no chain: PID namespaces nest 32 deep, shells less. */
const ANCESTORS = 64;

const SIGKILL = 9n;

/** Who binds the lab's own root over a folder has changed nobody's root: every process would have that folder's. */
function rootedAt(process: ProcessValue, file: FileValue): boolean {
  const isLabs = process.view.lab.root.isAt(file);
  return file.kind === 'directory' && !isLabs && process.root.isAt(file);
}

function samePlace(one: PlaceValue, other: PlaceValue): boolean {
  return one.isAt(other);
}

function children(process: ProcessValue): ProcessValue[] {
  spend(process.view.processes.length);
  return process.view.processes.filter((candidate) => candidate.parent === process.pid);
}

function ancestors(process: ProcessValue): ProcessValue[] {
  spend(process.view.processes.length);
  const byPid = new Map(process.view.processes.map((candidate) => [candidate.pid, candidate]));
  const found: ProcessValue[] = [];
  let next = byPid.get(process.parent);
  while (next !== undefined && found.length < ANCESTORS) {
    found.push(next);
    next = byPid.get(next.parent);
  }
  return found;
}

function sameNamespace(one: ProcessValue, other: ProcessValue, kind: string): boolean {
  if (!isKind(one.namespaces, kind)) throw new Error(`there is no kind of namespace '${kind}'`);
  const namespace = one.namespaces[kind];
  const isNumber = namespace !== UNKNOWN_NAMESPACE && namespace === other.namespaces[kind];
  const identityOf = ({ identities }: ProcessValue): string => identities?.[kind] ?? namespace;
  return isNumber && identityOf(one) === identityOf(other);
}

function isKind(namespaces: NamespacesValue, kind: string): kind is keyof NamespacesValue {
  return Object.hasOwn(namespaces, kind);
}

/** Where the lab host's kernel never tells of senders, the signal has to do. */
function killedBy(ended: EndedValue, sender: string): boolean {
  return ended.signal === SIGKILL && (ended.sender === sender || ended.sender === '');
}

const killedByProcess = (ended: EndedValue): boolean => killedBy(ended, 'process');

const killedByKernel = (ended: EndedValue): boolean => killedBy(ended, 'kernel');

function mountsOf(process: ProcessValue): MountValue[] {
  return process.view.mountsIn(process.namespaces.mnt);
}

function networkOf(process: ProcessValue): NetworkValue {
  return process.view.networkOf(process);
}

function hasMountAt(mounts: readonly MountValue[], path: string): boolean {
  spend(mounts.length);
  return mounts.some((mount) => mount.target === path);
}

function hasMountOfTypeAt(mounts: readonly MountValue[], path: string, type: string): boolean {
  spend(mounts.length);
  return mounts.some((mount) => mount.target === path && mount.type === type);
}

/** Signature and handler, in the order of docs/AUTHORING.md. */
export const functions = [
  ['isContainer(Process): bool', isContainer],
  ['rootedAt(Process, File): bool', rootedAt],
  ['samePlace(Place, Place): bool', samePlace],
  ['children(Process): list<Process>', children],
  ['ancestors(Process): list<Process>', ancestors],
  ['sameNamespace(Process, Process, string): bool', sameNamespace],
  ['killedByProcess(Ended): bool', killedByProcess],
  ['killedByKernel(Ended): bool', killedByKernel],
  ['mountsOf(Process): list<Mount>', mountsOf],
  ['networkOf(Process): Network', networkOf],
  ['hasMountAt(list<Mount>, string): bool', hasMountAt],
  ['hasMountAt(list<Mount>, string, string): bool', hasMountOfTypeAt],
] as const;
