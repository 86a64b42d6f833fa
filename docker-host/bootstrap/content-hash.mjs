// One hash over files and folders, to tell whether something made of them is still true.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @param {string} directory
 * @param {string[]} names files and folders in it; missing ones count as missing
 */
export function hashContents(directory, names) {
  const hash = createHash('sha256');
  const visit = (/** @type {string} */ name) => {
    const path = join(directory, name);
    if (!existsSync(path)) {
      hash.update(`${name}\0missing\0`);
    } else if (statSync(path).isDirectory()) {
      for (const entry of readdirSync(path).toSorted()) visit(join(name, entry));
    } else {
      const content = readFileSync(path);
      hash.update(`${name}\0${content.length}\0`).update(content);
    }
  };
  names.forEach(visit);
  return hash.digest('hex');
}

/** @param {string} path */
export function readStamp(path) {
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
}
