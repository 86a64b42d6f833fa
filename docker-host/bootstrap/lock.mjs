// Lets one set-up at a time work on this checkout. Knows nothing of what is done meanwhile.
import { spawn } from 'node:child_process';

/**
 * The checkout's directory itself is locked, so no file is left behind; the lock is held by a
 * `flock` whose pipe closes when we die, however we die.
 * @template T
 * @param {string} directory
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(directory, work) {
  const holder = spawn('flock', [directory, 'sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    // ^C ends us, and our end ends it: were it killed first, another set-up could start too soon.
    detached: true,
  });
  const patience = setTimeout(() => {
    console.log('Waiting for another set-up of this checkout to finish …');
  }, 1000);
  await new Promise((resolve) => {
    holder.stdout.once('data', resolve);
    // Without util-linux (not Linux, then) there are no labs to build either: go on unlocked.
    holder.once('error', resolve);
    holder.once('exit', resolve);
  });
  clearTimeout(patience);
  try {
    return await work();
  } finally {
    holder.stdin.destroy();
    holder.stdout.destroy();
    holder.unref();
  }
}
