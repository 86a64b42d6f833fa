// Installs the Debian packages that are missing, and only those. Knows nothing of what uses them.
import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { runPhase } from './phases.mjs';
import { runQuietly } from './run.mjs';
import { environmentWithoutTools } from './settings.mjs';
import { Unmet } from './unmet.mjs';

/** What labs are built and made with. */
export const packagesForLabs = [
  'mmdebstrap',
  'util-linux',
  'mount',
  'e2fsprogs',
  'iproute2',
  'libseccomp2',
  'kmod',
  'procps',
  'libcap2-bin',
];

/** What the tests look at the result with, and compare it to. */
export const packagesForTests = ['chromium', 'bubblewrap', 'fonts-dejavu-core'];

/** What benchmarks put beside a lab; one that is missing is a row that says so. */
export const packagesForBench = ['bubblewrap', 'lxc', 'runc'];

/** @param {string[]} wanted @returns {string[] | undefined} undefined where dpkg does not exist */
export function listMissing(wanted) {
  const query = spawnSync(
    'dpkg-query',
    ['-W', '-f', '${db:Status-Abbrev}${Package}\\n', ...wanted],
    {
      encoding: 'utf8',
    },
  );
  if (query.error) return undefined;
  const installed = new Set(
    query.stdout
      .split('\n')
      .filter((line) => line.startsWith('ii '))
      .map((line) => line.slice(3).trim()),
  );
  return wanted.filter((name) => !installed.has(name));
}

/** @param {string[]} wanted */
export async function installMissing(wanted) {
  const missing = listMissing(wanted);
  if (missing === undefined) {
    throw new Unmet(
      'Labs are made with Debian packages, and this machine has no dpkg: run Coulisse on Debian 12.',
    );
  }
  if (missing.length === 0) return;
  await runPhase(`Debian packages (${missing.join(' ')})`, async (report) => {
    report({ percent: 0, text: 'reading the package lists' });
    const update = await runQuietly('apt-get', ['update', '-q'], { env: aptEnvironment() });
    // A broken third source must not stop us: whether what we need is there is told by the next step.
    const outcome = await install(missing, report);
    if (outcome.code !== 0) throw explain(missing, [...update.errors, ...outcome.errors]);
  });
}

const aptEnvironment = () => ({
  ...environmentWithoutTools(),
  DEBIAN_FRONTEND: 'noninteractive',
  LC_ALL: 'C.UTF-8',
});

/**
 * apt tells percentages on a descriptor of its own: `pmstatus:<package>:<percent>:<what>`.
 * @param {string[]} missing
 * @param {import('./phases.mjs').Report} report
 * @returns {Promise<{ code: number, errors: string[] }>}
 */
function install(missing, report) {
  const options = ['-y', '-q', '--no-install-recommends', '-o', 'Dpkg::Use-Pty=0'];
  const statusOn3 = ['-o', 'APT::Status-Fd=3'];
  return new Promise((resolve, reject) => {
    const child = spawn('apt-get', ['install', ...options, ...statusOn3, ...missing], {
      env: aptEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      // ^C in the middle of dpkg leaves half-configured packages: it ends after this step instead.
      detached: true,
    });
    /** @type {string[]} */
    const errors = [];
    const status = child.stdio[3];
    if (!(status instanceof Readable)) throw new TypeError('stdio 3 of apt-get is no pipe');
    createInterface({ input: status }).on('line', (line) => {
      const [kind, , percent, text] = line.split(':');
      if (kind === 'dlstatus') report({ percent: Number(percent) / 2, text: 'downloading' });
      if (kind === 'pmstatus') report({ percent: 50 + Number(percent) / 2, text: text ?? '' });
    });
    if (child.stderr)
      createInterface({ input: child.stderr }).on('line', (line) => errors.push(line));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, errors }));
  });
}

/** @param {string[]} missing @param {string[]} errors */
function explain(missing, errors) {
  const said = errors.filter((line) => line.startsWith('E:')).map((line) => line.slice(3));
  const all = said.join(' ');
  const command = `apt-get update && apt-get install ${missing.join(' ')}`;
  if (/lock/i.test(all)) {
    return new Unmet(
      `Another program is installing packages: wait for it and start again (${all})`,
    );
  }
  if (/no space/i.test(all)) {
    return new Unmet(
      `The disk is full while installing ${missing.join(', ')}: free some space and start again.`,
    );
  }
  return new Unmet(
    `The Debian packages ${missing.join(', ')} could not be installed: check the network and /etc/apt, or run ${command} yourself to see why (${all}).`,
  );
}
