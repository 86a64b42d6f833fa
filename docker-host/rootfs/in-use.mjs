// Tells whether a running server may stand on a lab root. Knows nothing of how one is built.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** @param {string} path */
function readOrEmpty(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/**
 * The lock is only looked at, in /proc/locks: taking it, even for an instant, could make a server
 * that starts just then believe that another one runs.
 * @param {string} path
 */
function isLocked(path) {
  const inode = statSync(path).ino;
  return readOrEmpty('/proc/locks')
    .split('\n')
    .some((line) => line.split(/\s+/).some((word) => word.endsWith(`:${inode}`)));
}

/** @param {string} stateDir */
export function isKeeperRunning(stateDir) {
  const lock = join(stateDir, 'run', 'main.lock');
  if (!existsSync(lock)) return false;
  const pid = /\d+/.exec(readOrEmpty(lock))?.[0];
  return isLocked(lock) || (pid !== undefined && existsSync(`/proc/${pid}`));
}

/** @param {string} word part of the path that is looked for in every mount table of this machine */
export function isMountedSomewhere(word) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .some((pid) => readOrEmpty(`/proc/${pid}/mountinfo`).includes(word));
}
