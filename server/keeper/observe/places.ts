// Directories that processes have as root or working directory, as one look sees them. Most share a few: the path
// of each, which its owner may rename at any time, is asked for once in a look. Knows no process.
import { identityBehind, lookBehind, readLinkText } from '../../kernel/kernel-files.ts';
import type { Place } from '../../protocol/snapshot.ts';

const PATH_CHARACTERS = 4096;

/** For one look: what was renamed since is told under its old name. */
export class Places {
  readonly #seen = new Map<string, Place>();

  /**
   * What is behind a link of the kernel's own, no path of the learner. `directory`: /proc/PID, open. Null when the
   * process is gone, or a zombie.
   */
  read(directory: number, link: 'root' | 'cwd'): Place | null {
    const behind = lookBehind(link, directory);
    if (behind === undefined) return null;
    const known = this.#seen.get(behind);
    if (known !== undefined) return known;
    const path = readLinkText(link, directory);
    if (path === undefined) return null;
    const place = { path: path.slice(0, PATH_CHARACTERS), ...identityBehind(behind) };
    // It may have gone elsewhere meanwhile, and the path is that of another directory.
    if (lookBehind(link, directory) === behind) this.#seen.set(behind, place);
    return place;
  }
}

export function isSamePlace(one: Place | null, other: Place | null): boolean {
  if (one === null || other === null) return one === other;
  return one.path === other.path && one.device === other.device && one.inode === other.inode;
}
