// Where things are and what the person asked for by the environment. Sets nothing up; the server
// has its own reader, this one runs before the server can.
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const root = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');

/** Node 24 as npm brings it; what runs this file may be older. */
export const pinnedNode = join(root, 'node_modules/node/bin/node');

const executables = join(root, 'node_modules/.bin');

export const isRoot = process.getuid?.() === 0;

/** @param {NodeJS.Dict<string>} environment @param {boolean} asRoot */
export function chooseStateDir(environment, asRoot) {
  const chosen = environment['COULISSE_STATE'];
  if (chosen) return resolve(chosen);
  if (asRoot) return '/var/lib/coulisse';
  return join(environment['XDG_STATE_HOME'] || join(homedir(), '.local/state'), 'coulisse');
}

export const stateDir = chooseStateDir(process.env, isRoot);

/**
 * For programs of node_modules: their `#!/usr/bin/env node` must find Node 24.
 * @param {Record<string, string>} more
 * @returns {NodeJS.ProcessEnv}
 */
export function environmentForTools(more = {}) {
  return {
    ...process.env,
    PATH: `${executables}${delimiter}${process.env['PATH'] ?? ''}`,
    COULISSE_STATE: stateDir,
    NEXT_TELEMETRY_DISABLED: '1',
    ...more,
  };
}

/**
 * For npm and Debian's programs: without node_modules, which `npm ci` takes away while it runs.
 * @returns {NodeJS.ProcessEnv}
 */
export function environmentWithoutTools() {
  const paths = (process.env['PATH'] ?? '').split(delimiter);
  const outside = paths.filter((path) => !path.includes('/node_modules/'));
  return { ...process.env, PATH: outside.join(delimiter) };
}
