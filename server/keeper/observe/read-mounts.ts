// Reads the mounts of a mount namespace from /proc/PID/mountinfo (proc_pid_mountinfo(5)). Knows no lab.
import { readAtMost } from '../../kernel/kernel-files.ts';
import type { ObservedMount, Propagation } from '../../protocol/snapshot.ts';
import { parseLayers } from './overlay-options.ts';

/** More are cut, and the snapshot says so. */
export const MOUNTS = 512;
/** A line may hold two paths of a page each. */
const BYTES = 512 * 1024;
/** A longer text is not kept to be compared: labs may have many mount namespaces of a hundred thousand mounts. */
const KEPT_CHARACTERS = 64 * 1024;
/** Of one overlay; those below are cut. */
const LOWER_DIRECTORIES = 64;

/** What a line says of an overlay besides, for looking at its layers. */
export type OverlayMount = {
  id: number;
  /** major:minor of the overlay (field 3). */
  device: string;
  target: string;
  /** The file system's own (the last field), as they stand there. */
  options: string;
};

export type MountsRead = {
  mounts: ObservedMount[];
  overlays: OverlayMount[];
  truncated: boolean;
  /** As the kernel wrote it; undefined when it is too long to be kept. */
  text: string | undefined;
};

/**
 * Mounts as the process sees them from its root; empty when it is gone. `rootDevice`: that of the lab's root.
 * `before`: what was read last, which is the answer again while the kernel writes the same.
 */
export function readMounts(
  hostPid: number,
  rootDevice: string,
  before: MountsRead | undefined,
): MountsRead {
  let read: { text: string; isCut: boolean };
  try {
    read = readAtMost(`/proc/${hostPid}/mountinfo`, BYTES);
  } catch {
    return { mounts: [], overlays: [], truncated: false, text: undefined };
  }
  if (before?.text === read.text) return before;
  const lines = read.text.split('\n');
  // What was cut ends within a line; what was not, with an empty one.
  lines.pop();
  const first = lines.slice(0, MOUNTS);
  return {
    mounts: first.flatMap((line) => parseMount(line, rootDevice) ?? []),
    overlays: first.flatMap((line) => parseOverlay(line) ?? []),
    truncated: read.isCut || lines.length > MOUNTS,
    text: read.text.length > KEPT_CHARACTERS ? undefined : read.text,
  };
}

export function parseMount(line: string, rootDevice: string): ObservedMount | undefined {
  const [left, right] = line.split(' - ');
  const [id, parent, device, root, target, options, ...optional] = left?.split(' ') ?? [];
  const [type, source, settings = ''] = right?.split(' ') ?? [];
  if (root === undefined || target === undefined || options === undefined) return undefined;
  if (type === undefined || source === undefined) return undefined;
  const peerGroup = numberOf(optional, 'shared');
  const master = numberOf(optional, 'master');
  return {
    id: Number(id),
    parent: Number(parent),
    target: unescapePath(target),
    root: type.startsWith('cgroup') ? rootInLab(root) : unescapePath(root),
    type: type.slice(0, 64),
    source: unescapePath(source),
    options: options.split(',').slice(0, 64),
    propagation: propagationOf(peerGroup, master, optional.includes('unbindable')),
    peerGroup,
    master,
    layers: type === 'overlay' && device !== rootDevice ? readLayers(settings) : null,
  };
}

/** Of an optional field `name:N`. */
function numberOf(optional: readonly string[], name: string): number | null {
  const field = optional.find((one) => one.startsWith(`${name}:`));
  return field === undefined ? null : Number(field.slice(name.length + 1));
}

function propagationOf(
  peerGroup: number | null,
  master: number | null,
  isUnbindable: boolean,
): Propagation {
  if (peerGroup !== null) return master === null ? 'shared' : 'shared-slave';
  if (master !== null) return 'slave';
  return isUnbindable ? 'unbindable' : 'private';
}

function parseOverlay(line: string): OverlayMount | undefined {
  const [left, right] = line.split(' - overlay ');
  const [id, , device, , target] = left?.split(' ') ?? [];
  const options = right?.split(' ')[1];
  if (device === undefined || target === undefined || options === undefined) return undefined;
  return { id: Number(id), device, target: unescapePath(target), options };
}

function readLayers(settings: string): ObservedMount['layers'] {
  const { lowers, upper, work } = parseLayers(settings);
  const cut = (path: string): string => path.slice(0, 4096);
  return {
    lower: lowers.slice(0, LOWER_DIRECTORIES).map(cut),
    upper: upper && cut(upper),
    work: work && cut(work),
  };
}

/**
 * A cgroup mount's root is told from the reader's cgroup namespace (cgroup_namespaces(7)): what leads to the
 * lab's own group is of the lab host.
 */
function rootInLab(root: string): string {
  return unescapePath(root).replace(/^\/coulisse\/[^/]+\/lab(?=\/|$)/, '') || '/';
}

/** Space, tab, newline and backslash are written in octal. */
function unescapePath(text: string): string {
  return text
    .slice(0, 4096)
    .replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
      String.fromCodePoint(Number.parseInt(digits, 8)),
    );
}
