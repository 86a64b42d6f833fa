// `npm test`: sets up as `npm start` does, then runs every kind of test. Knows no test.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { printVerdicts, runCheckTools } from '../check-tools.mjs';
import { packagesForTests } from '../debian-packages.mjs';
import { runInFront } from '../run.mjs';
import { environmentForTools, pinnedNode, root } from '../settings.mjs';
import { requireLabs, setUpAll } from '../setup.mjs';
import { kinds, parseTestArguments } from '../test-arguments.mjs';
import { addUp, printSum, sumReport } from '../test-report.mjs';
import { runInMachine } from '../vm-tests.mjs';

/** @typedef {import('../test-report.mjs').Sum} Sum */

/** @param {string[]} args */
export async function test(args) {
  const { only, rest } = parseTestArguments(args);
  const wanted = only ?? kinds;
  const why = await setUpAll({ morePackages: packagesForTests });
  if (wanted.some((kind) => kind !== 'unit')) requireLabs(why, `Tests of ${wanted.join(', ')}`);

  const reports = mkdtempSync(join(tmpdir(), 'coulisse-test-'));
  try {
    // Neither touches the kernel's state nor the other's files, so they share the two cores.
    const checking = only === undefined ? runCheckTools() : Promise.resolve([]);
    /** @type {Sum[]} */
    const sums = [];
    for (const kind of wanted) {
      sums.push(await runKind(kind, { reports, rest }));
      if (kind === 'unit') printVerdicts(await checking);
    }
    const verdicts = await checking;
    sums.push({
      passed: verdicts.filter(({ ok }) => ok).length,
      failed: verdicts.filter(({ ok }) => !ok).length,
      skipped: [],
      attacks: new Map(),
    });
    const sum = addUp(sums);
    printSum(sum);
    return sum.failed === 0 ? 0 : 1;
  } finally {
    rmSync(reports, { recursive: true });
  }
}

/**
 * @param {string} kind
 * @param {{ reports: string, rest: string[] }} options
 * @returns {Promise<Sum>}
 */
async function runKind(kind, { reports, rest }) {
  console.log(`\n=== ${kind}`);
  const report = join(reports, `${kind}.json`);
  const code = await (kind === 'vm' ? runInMachine(report, rest) : runHere(kind, report, rest));
  const sum = sumReport(kind, report);
  // Nothing ran, or vitest itself broke or found an error outside the tests: no silence about it.
  if (sum.passed + sum.failed === 0) console.log(`No test of kind ${kind} ran.`);
  const isSilentFailure = sum.failed === 0 && (code !== 0 || sum.passed === 0);
  return isSilentFailure ? { ...sum, failed: 1 } : sum;
}

/** @param {string} kind @param {string} report @param {string[]} rest */
function runHere(kind, report, rest) {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  return runInFront(
    pinnedNode,
    [
      vitest,
      'run',
      '--config=test/vitest.config.ts',
      `--project=${kind}`,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...rest,
    ],
    { cwd: root, env: environmentForTools() },
  );
}
