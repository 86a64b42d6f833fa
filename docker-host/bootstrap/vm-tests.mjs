// The kernel suites in a machine with Debian's own kernel and cgroup v2 alone: `npm test -- --only vm`. Knows
// which of them are run when none is named, and not what any of them proves.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readStamp } from './content-hash.mjs';
import { installMissing } from './debian-packages.mjs';
import { runQuietly } from './run.mjs';
import { stateDir } from './settings.mjs';
import { prepareImages } from './vm-images.mjs';
import { projectsOf } from './test-arguments.mjs';
import { bootMachine, isEmulated } from './vm-machine.mjs';

const packages = ['qemu-system-x86'];

/** What the kernel's version or cgroup v2 could change; the rest says the same everywhere, only slower. */
const chosenFiles = [
  'doctor',
  'namespaces',
  'limits',
  'limits-bandwidth',
  'limits-io',
  'nesting',
  'destroy',
  'idle',
  'facts',
  'observation',
].map((name) => `test/kernel/${name}.test.ts`);

/** Measured: emulated, a test takes four to six times as long as on the machine itself. */
const patience = isEmulated ? 6 : 2;
const withinSeconds = 3600;

/**
 * @param {string} report where vitest's JSON report is to be
 * @param {string[]} rest words for vitest; which files, or the chosen ones
 * @returns {Promise<number>} vitest's exit code, or another one when the machine broke
 */
export async function runInMachine(report, rest) {
  await installMissing(packages);
  const work = mkdtempSync(join(tmpdir(), 'coulisse-vm-'));
  try {
    const isNamed = rest.some((word) => !word.startsWith('-'));
    const command = vitestCommand([...rest, ...(isNamed ? [] : chosenFiles)]);
    const images = await prepareImages({ stateDir, work, command });
    console.log(`Booting it ${isEmulated ? 'in software emulation' : 'by KVM'} …`);
    await bootMachine(images, withinSeconds);
    const scratch = join(work, 'scratch.img');
    await takeFrom(scratch, 'report.json', report);
    await takeFrom(scratch, 'code', join(work, 'code'));
    // Without a code the machine broke, or was stopped after its time.
    return Number(readStamp(join(work, 'code')) || 1);
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** @param {string[]} rest */
function vitestCommand(rest) {
  return [
    'env',
    'CI=true',
    'NO_COLOR=1',
    `COULISSE_TEST_PATIENCE=${patience}`,
    'node_modules/node/bin/node',
    'node_modules/vitest/vitest.mjs',
    'run',
    '--config=test/vitest.config.ts',
    ...projectsOf('kernel').map((project) => `--project=${project}`),
    '--reporter=verbose',
    '--reporter=json',
    '--outputFile.json=/images/scratch/report.json',
    ...rest,
  ];
}

/**
 * The machine is off: its disk is read without mounting it.
 * @param {string} image @param {string} name @param {string} to
 */
async function takeFrom(image, name, to) {
  await runQuietly('debugfs', ['-R', `dump ${name} ${to}`, image]);
}
