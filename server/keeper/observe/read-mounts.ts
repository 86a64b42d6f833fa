// Reads the mounts of a mount namespace from /proc/PID/mountinfo (proc_pid_mountinfo(5)). Knows no lab.
import type { ObservedMount } from '../../protocol/snapshot.ts';
import { readAtMost } from './read-at-most.ts';

/** More are cut, and the snapshot says so. */
export const MOUNTS = 512;
/** A line may hold two paths of a page each. */
const BYTES = 512 * 1024;

/** Mounts as the process sees them from its root; empty when it is gone. */
export function readMounts(hostPid: number): { mounts: ObservedMount[]; truncated: boolean } {
  let read: { text: string; isCut: boolean };
  try {
    read = readAtMost(`/proc/${hostPid}/mountinfo`, BYTES);
  } catch {
    return { mounts: [], truncated: false };
  }
  const lines = read.text.split('\n');
  // What was cut ends within a line; what was not, with an empty one.
  lines.pop();
  const mounts = lines.slice(0, MOUNTS).flatMap((line) => parseMount(line) ?? []);
  return { mounts, truncated: read.isCut || lines.length > MOUNTS };
}

export function parseMount(line: string): ObservedMount | undefined {
  const [left, right] = line.split(' - ');
  const [id, parent, , root, target, options, ...optional] = left?.split(' ') ?? [];
  const [type, source] = right?.split(' ') ?? [];
  if (root === undefined || target === undefined || options === undefined) return undefined;
  if (type === undefined || source === undefined) return undefined;
  const shared = optional.find((field) => field.startsWith('shared:'));
  const slave = optional.find((field) => field.startsWith('master:'));
  return {
    id: Number(id),
    parent: Number(parent),
    target: unescapePath(target),
    root: type.startsWith('cgroup') ? rootInLab(root) : unescapePath(root),
    type: type.slice(0, 64),
    source: unescapePath(source),
    options: options.split(',').slice(0, 64),
    propagation:
      (shared ?? slave)?.slice(0, 64) ??
      (optional.includes('unbindable') ? 'unbindable' : 'private'),
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
