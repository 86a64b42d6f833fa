// Says which recipe a lab root was made by and whether it is still what was made. Does not build.
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isKeeperRunning, isMountedSomewhere } from './in-use.mjs';

const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;

/** Raise it when the manifest's own form changes: older trees are then built anew. */
const manifestVersion = 1;

/** The files that decide what comes out; the manifest's code is not among them. */
const isRecipe = (/** @type {string} */ name) =>
  /\.(sh|txt)$/.test(name) || name.startsWith('files/');

/** @param {string} directory @returns {string[]} paths below it, sorted */
function listFiles(directory, prefix = '') {
  return readdirSync(join(directory, prefix), { withFileTypes: true })
    .flatMap((entry) => {
      const path = prefix + entry.name;
      return entry.isDirectory() ? listFiles(directory, `${path}/`) : [path];
    })
    .toSorted();
}

/** @returns {string} */
export function computeRecipeHash() {
  const hash = createHash('sha256');
  for (const path of listFiles(here).filter(isRecipe)) {
    const content = readFileSync(join(here, path));
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 16);
}

/**
 * One line a path. Content is not read: whoever edits a file changes its size or its time, and
 * reading 120 MB would cost more than the whole start may.
 * @param {string} tree
 */
function digestTree(tree) {
  const hash = createHash('sha256');
  let paths = 0;
  const visit = (/** @type {string} */ path) => {
    const stat = lstatSync(path);
    const isDirectory = stat.isDirectory();
    // A directory's size is the file system's affair: the same tree copied elsewhere has another.
    const size = isDirectory ? 0 : stat.size;
    const target = stat.isSymbolicLink() ? readlinkSync(path) : '';
    const seconds = Math.floor(stat.mtimeMs / 1000);
    hash.update(
      `${path.slice(tree.length)}\0${stat.mode}\0${stat.uid}\0${stat.gid}\0${size}\0${seconds}\0${target}\n`,
    );
    paths += 1;
    if (isDirectory) for (const name of readdirSync(path).toSorted()) visit(join(path, name));
  };
  visit(tree);
  return { digest: hash.digest('hex'), paths };
}

/** @param {string} directory the one that holds `tree` */
export function writeManifest(directory) {
  const manifest = {
    version: manifestVersion,
    recipe: computeRecipeHash(),
    built: new Date().toISOString(),
    ...digestTree(join(directory, 'tree')),
  };
  writeFileSync(join(directory, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

/** @param {string} text @returns {{ version?: unknown, recipe?: unknown, digest?: unknown } | undefined} */
function parseManifest(text) {
  try {
    const value = /** @type {unknown} */ (JSON.parse(text));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {string} stateDir
 * @returns {{ ok: boolean, reason: string, path: string }} `path` is where the tree is or would be
 */
export function verifyRootfs(stateDir) {
  const recipe = computeRecipeHash();
  const directory = join(stateDir, 'rootfs', recipe);
  const path = join(directory, 'tree');
  const refuse = (/** @type {string} */ reason) => ({ ok: false, reason, path });
  if (!existsSync(path)) return refuse('it is not built yet');
  if (!existsSync(join(directory, 'manifest.json'))) return refuse('its manifest is missing');
  const manifest = parseManifest(readFileSync(join(directory, 'manifest.json'), 'utf8'));
  if (manifest === undefined) return refuse('its manifest cannot be read');
  if (manifest.version !== manifestVersion || manifest.recipe !== recipe) {
    return refuse('its manifest is of another version');
  }
  if (manifest.digest !== digestTree(path).digest) {
    return refuse('its files are not those that were built');
  }
  return { ok: true, reason: 'it is what was built', path: realpathSync(path) };
}

/**
 * Removes the trees of other recipes, unless a lab may stand on one of them.
 * @param {string} stateDir
 * @returns {string[]} the names removed
 */
export function pruneRootfs(stateDir) {
  if (isKeeperRunning(stateDir)) return [];
  const current = computeRecipeHash();
  const stale = readdirSync(join(stateDir, 'rootfs')).filter(
    (name) => /^[0-9a-f]{16}$/.test(name) && name !== current && !isMountedSomewhere(name),
  );
  for (const name of stale) rmSync(join(stateDir, 'rootfs', name), { recursive: true });
  return stale;
}

/** @param {string[]} args @returns {number} */
function runCommand([verb, directory = '']) {
  switch (verb) {
    case 'hash':
      console.log(computeRecipeHash());
      return 0;
    case 'write':
      writeManifest(directory);
      return 0;
    case 'verify': {
      const { ok, reason, path } = verifyRootfs(directory);
      console.log(ok ? path : reason);
      return ok ? 0 : 1;
    }
    case 'prune':
      pruneRootfs(directory);
      return 0;
    default:
      console.error('manifest.mjs hash | write <dir> | verify <state> | prune <state>');
      return 2;
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = runCommand(process.argv.slice(2));
}
