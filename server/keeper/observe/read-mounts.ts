// Reads the mounts of a mount namespace from /proc/PID/mountinfo (proc_pid_mountinfo(5)). Knows no lab.
import type { ObservedMount } from '../../protocol/snapshot.ts';
import { readAtMost } from './read-at-most.ts';

/** More are cut, and the snapshot says so. */
export const MOUNTS = 512;
/** A line may hold two paths of a page each. */
const BYTES = 512 * 1024;
/** Of one overlay; those below are cut. */
const LOWER_DIRECTORIES = 64;

/** Mounts as the process sees them from its root; empty when it is gone. `rootDevice`: that of the lab's root. */
export function readMounts(
  hostPid: number,
  rootDevice: string,
): { mounts: ObservedMount[]; truncated: boolean } {
  let read: { text: string; isCut: boolean };
  try {
    read = readAtMost(`/proc/${hostPid}/mountinfo`, BYTES);
  } catch {
    return { mounts: [], truncated: false };
  }
  const lines = read.text.split('\n');
  // What was cut ends within a line; what was not, with an empty one.
  lines.pop();
  const mounts = lines.slice(0, MOUNTS).flatMap((line) => parseMount(line, rootDevice) ?? []);
  return { mounts, truncated: read.isCut || lines.length > MOUNTS };
}

export function parseMount(line: string, rootDevice: string): ObservedMount | undefined {
  const [left, right] = line.split(' - ');
  const [id, parent, device, root, target, options, ...optional] = left?.split(' ') ?? [];
  const [type, source, settings = ''] = right?.split(' ') ?? [];
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
    layers: type === 'overlay' && device !== rootDevice ? readLayers(unescape(settings)) : null,
  };
}

/**
 * A backslash stands before a comma or colon that belongs to a path. The kernel names lower directories in one
 * setting, or in one each when they were given so.
 */
function readLayers(settings: string): ObservedMount['layers'] {
  const layers: NonNullable<ObservedMount['layers']> = { lower: [], upper: null, work: null };
  for (const setting of settings.split(/(?<!\\),/)) {
    const [name = '', ...rest] = setting.split('=');
    const value = rest.join('=');
    const plain = withoutBackslashes(value);
    if (name === 'upperdir') layers.upper = plain;
    else if (name === 'workdir') layers.work = plain;
    else if (name === 'lowerdir+') layers.lower.push(plain);
    else if (name === 'lowerdir') layers.lower.push(...splitLower(value));
  }
  return { ...layers, lower: layers.lower.slice(0, LOWER_DIRECTORIES) };
}

const splitLower = (value: string): string[] => value.split(/(?<!\\):/).map(withoutBackslashes);

const withoutBackslashes = (path: string): string =>
  path.replaceAll(/\\([,:\\])/g, '$1').slice(0, 4096);

/**
 * A cgroup mount's root is told from the reader's cgroup namespace (cgroup_namespaces(7)): what leads to the
 * lab's own group is of the lab host.
 */
function rootInLab(root: string): string {
  return unescapePath(root).replace(/^\/coulisse\/[^/]+\/lab(?=\/|$)/, '') || '/';
}

const unescapePath = (text: string): string => unescape(text.slice(0, 4096));

/** Space, tab, newline and backslash are written in octal. */
function unescape(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCodePoint(Number.parseInt(digits, 8)),
  );
}
