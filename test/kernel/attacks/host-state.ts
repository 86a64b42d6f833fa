// What an attack on the lab host would change: settings of its kernel, its mounts, the labs' shared tree, the
// programs by which a lab is entered. Only reads. Knows no attack.
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '../../../server/foundation/config.ts';
import { machineCounts } from '../../../server/keeper/machine-counts.ts';
import { mountsOf } from '../kernel-view.ts';

/** Counters and clocks, which change by themselves. */
const moving =
  /\/(random|binfmt_misc|quota)\/|\/(dentry-state|inode-nr|inode-state|file-nr|aio-nr|ns_last_pid|nr|nf_conntrack_count|cached_setup|acct|epoch)$/;

/**
 * A switch that the kernel shows in each network namespace and has once: whoever is root of one can turn it on
 * for all, and nobody can turn it off (nf_hooks_lwtunnel_sysctl_handler). docs/ATTACKS.md says so under A21.
 */
const shared = '/proc/sys/net/netfilter/nf_hooks_lwtunnel';

/** Another house that starts meanwhile may raise these. */
const raised = new Set(machineCounts(readConfig()).map(({ name }) => join('/proc/sys', name)));

/** Values of the lab host below one directory of /proc/sys, by path. */
function settingsBelow(directory: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !moving.test(path) && path !== shared && !raised.has(path))
      .flatMap((path) => {
        const value = readIfAllowed(path);
        return value === undefined ? [] : [[path, value]];
      }),
  );
}

/** Everything that a lab's root could want to change in the kernel of the lab host. */
export function allSettings(): Record<string, string> {
  const rooms = ['kernel', 'vm', 'fs', 'user', 'dev', 'net'].map((name) => join('/proc/sys', name));
  return Object.fromEntries(
    rooms.filter((path) => existsSync(path)).flatMap((path) => Object.entries(settingsBelow(path))),
  );
}

function readIfAllowed(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Some can be written only.
    return undefined;
  }
}

/** Names, kinds, sizes, owners and times of everything in a tree, as one digest. */
export function digestOfTree(tree: string): string {
  const digest = createHash('sha256');
  for (const name of readdirSync(tree, { recursive: true, encoding: 'utf8' }).toSorted()) {
    const { mode, size, mtimeMs, ctimeMs, ino, uid, nlink } = lstatSync(join(tree, name));
    digest.update(`${[name, mode, size, mtimeMs, ctimeMs, ino, uid, nlink].join(' ')}\n`);
  }
  return digest.digest('hex');
}

/** Mounts with this source or target, in the mount namespaces of these processes. */
export function mountsNamed(name: string, pids: readonly (number | 'self')[]): string[] {
  return pids.flatMap((pid) =>
    mountsOf(pid)
      .filter(({ source, target }) => source === name || target.endsWith(`/${name}`))
      .map(({ source, target }) => `${source} on ${target} in the namespace of ${pid}`),
  );
}

export function digestOfFile(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
