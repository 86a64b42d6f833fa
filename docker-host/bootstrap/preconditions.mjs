// What the machine must be before anything is installed: the right Node, a free port, and whether
// labs are possible at all. Changes nothing.
import { createServer } from 'node:net';
import { Unmet } from './unmet.mjs';

/** Next 16 and npm's lock file need it; the server itself runs on the Node that npm brings. */
const oldestNode = 20;

export function requireNode(version = process.versions.node) {
  if (Number.parseInt(version, 10) >= oldestNode) return;
  throw new Unmet(
    `Node ${version} is too old to set Coulisse up: install Node ${oldestNode} or later and start again.`,
  );
}

/** @param {string | undefined} value */
function parsePort(value) {
  const port = value === undefined || value === '' ? 3000 : Number(value);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Unmet(`PORT is "${value}", which is no port: give a number from 0 to 65535.`);
}

/** @param {NodeJS.Dict<string>} environment */
export async function requireFreePort(environment) {
  const port = parsePort(environment['PORT']);
  const host = environment['HOST'] || '127.0.0.1';
  const code = await tryToListen(port, host);
  switch (code) {
    case undefined:
      return;
    case 'EADDRINUSE':
      throw new Unmet(
        `Port ${port} of ${host} is in use by another program: stop it, or choose another port with PORT=${port + 1} npm start.`,
      );
    case 'EACCES':
      throw new Unmet(
        `You may not listen on port ${port}: choose one above 1023 with PORT=3000 npm start.`,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      throw new Unmet(
        `${host} is no address of this machine: set HOST to 127.0.0.1, or to 0.0.0.0 to be reached from outside.`,
      );
    default:
      throw new Unmet(
        `Port ${port} of ${host} cannot be listened on (${code}): choose others with PORT and HOST.`,
      );
  }
}

/** @param {number} port @param {string} host @returns {Promise<string | undefined>} the error's code */
function tryToListen(port, host) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve('code' in error ? String(error.code) : error.message));
    server.listen({ port, host }, () => server.close(() => resolve(undefined)));
  });
}

/**
 * @param {{ platform?: string, isRoot: boolean }} machine
 * @returns {string | undefined} why no lab can run here, and what to do
 */
export function whyNoLabs({ platform = process.platform, isRoot }) {
  if (platform !== 'linux') {
    return 'Labs need Linux, and this machine is not: run Coulisse on a Debian 12 machine or VM to get terminals.';
  }
  if (!isRoot) {
    return 'Labs are made by root, and you are not: start with sudo npm start to get terminals.';
  }
  return undefined;
}
