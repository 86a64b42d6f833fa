// Makes node_modules be what the lock file says. Knows nothing of what the packages are for.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashContents, readStamp } from './content-hash.mjs';
import { runPhase } from './phases.mjs';
import { runQuietly } from './run.mjs';
import { environmentWithoutTools } from './settings.mjs';
import { Unmet } from './unmet.mjs';

const countIntervalMs = 500;

/** npm says what is wrong first, then how npm is used. */
const saidLines = 4;

/** Type stripping without a flag, node:sqlite and explicit resource management. */
const oldestPinnedNode = 24;

/** @typedef {{ version?: string, optional?: boolean, devOptional?: boolean }} Locked */

/** @param {string} path @returns {Record<string, Locked>} */
function readPackages(path) {
  const lock = /** @type {{ packages: Record<string, Locked> }} */ (
    JSON.parse(readFileSync(path, 'utf8'))
  );
  return lock.packages;
}

/**
 * npm leaves a lock file of its own in node_modules. Where it agrees with ours, an `npm install` by
 * hand has done the work, and taking everything away to bring it back would be no improvement.
 * @param {string} root
 */
export function isInstalled(root) {
  const inside = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(inside)) return false;
  const there = readPackages(inside);
  const wanted = Object.entries(readPackages(join(root, 'package-lock.json')));
  return wanted.every(
    ([path, { version, optional }]) =>
      path === '' || there[path]?.version === version || (optional && there[path] === undefined),
  );
}

/** @param {string} root */
export async function installNodeModules(root) {
  const stamp = join(root, 'node_modules/.coulisse-lock');
  const hash = hashContents(root, ['package-lock.json']);
  if (readStamp(stamp) !== hash) {
    if (!isInstalled(root)) await installAnew(root);
    requirePinnedNode(root);
    writeFileSync(stamp, `${hash}\n`);
  }
}

/** @param {string} root */
function installAnew(root) {
  const wanted = Object.keys(readPackages(join(root, 'package-lock.json'))).length;
  return runPhase('npm packages', async (report) => {
    const count = setInterval(() => {
      // Optional packages for other machines are in the lock file and never arrive.
      const here = countPackages(join(root, 'node_modules'));
      report({ text: `${here} of at most ${wanted} packages` });
    }, countIntervalMs);
    try {
      const outcome = await runQuietly(
        'npm',
        ['ci', '--include=dev', '--no-progress', '--no-audit', '--no-fund'],
        { cwd: root, env: environmentWithoutTools() },
      );
      if (outcome.code !== 0) throw explain(outcome.errors);
    } finally {
      clearInterval(count);
    }
  });
}

/** @param {string} directory @returns {number} */
function countPackages(directory) {
  if (!existsSync(directory)) return 0;
  const names = readdirSync(directory).filter((name) => !name.startsWith('.'));
  const scoped = names.filter((name) => name.startsWith('@'));
  return scoped.reduce(
    (sum, scope) => sum + readdirSync(join(directory, scope)).length,
    names.length - scoped.length,
  );
}

/** @param {string[]} errors */
function explain(errors) {
  const said = errors
    .filter((line) => /^npm (error|ERR!) \S/.test(line))
    .slice(0, saidLines)
    .map((line) => line.replace(/^npm (error|ERR!) /, ''))
    .join(' ');
  if (/EUSAGE/.test(said)) {
    return new Unmet(
      'package-lock.json does not agree with package.json: take both as they are in the repository, or bring them together with npm install.',
    );
  }
  if (/ENOSPC/.test(said)) {
    return new Unmet(
      'The disk is full while installing npm packages (they take 700 MB): free some space and start again.',
    );
  }
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|network/.test(said)) {
    return new Unmet(
      'The npm registry cannot be reached: check the network (npm ping) and start again.',
    );
  }
  return new Unmet(
    `npm ci failed: run it yourself to see why (${said || (errors.at(-1) ?? 'it said nothing')}).`,
  );
}

/** @param {string} root */
function requirePinnedNode(root) {
  const node = join(root, 'node_modules/node/bin/node');
  const version = existsSync(node)
    ? spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim()
    : '';
  if (Number.parseInt(version.slice(1), 10) >= oldestPinnedNode) return;
  throw new Unmet(
    `npm did not bring Node ${oldestPinnedNode}, which the package "node" downloads by its install script: allow install scripts (npm config delete ignore-scripts), remove node_modules and start again.`,
  );
}
