// `npm test`: sets up as `npm start` does, then runs every kind of test. Knows no test.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { printVerdicts, runCheckTools } from '../check-tools.mjs';
import { packagesForTests } from '../debian-packages.mjs';
import { runInFront, runQuietly } from '../run.mjs';
import { environmentForTools, pinnedNode, root } from '../settings.mjs';
import { requireLabs, setUpAll } from '../setup.mjs';
import { kinds, parseTestArguments, projectsOf } from '../test-arguments.mjs';
import { addUp, describeRounds, printSum, sumReport } from '../test-report.mjs';
import { runInMachine } from '../vm-tests.mjs';

/** @typedef {import('../test-report.mjs').Sum} Sum */

/**
 * Kinds that run at the same time, their first in front: a browser and a learner who types leave each other room,
 * and neither counts what is left on the machine, as the kernel's tests do.
 */
const sideBySide = ['e2e', 'content'];

/** @param {string[]} args */
export async function test(args) {
  const { only, rest, repeat } = parseTestArguments(args);
  const wanted = only ?? kinds;
  const why = await setUpAll({ morePackages: packagesForTests });
  if (wanted.some((kind) => kind !== 'unit')) requireLabs(why, `Tests of ${wanted.join(', ')}`);

  const reports = mkdtempSync(join(tmpdir(), 'coulisse-test-'));
  try {
    // Neither touches the kernel's state nor the other's files, so they share the two cores.
    const checking = only === undefined ? runCheckTools() : Promise.resolve([]);
    /** @type {Sum[]} */
    const rounds = [];
    for (let round = 1; round <= repeat; round += 1) {
      if (repeat > 1) console.log(`\n##### round ${round} of ${repeat}`);
      rounds.push(await runRound(wanted, { reports, rest, checking }));
    }
    const verdicts = await checking;
    const tools = {
      passed: verdicts.filter(({ ok }) => ok).length,
      failed: verdicts.filter(({ ok }) => !ok).map(({ name }) => `check: ${name}`),
      skipped: [],
      attacks: new Map(),
    };
    const sum = addUp([...rounds, tools]);
    // The same in each round: once will do.
    printSum({ ...sum, skipped: repeat > 1 ? [...new Set(sum.skipped)] : sum.skipped });
    const line = describeRounds(rounds);
    if (line !== undefined) console.log(line);
    return sum.failed.length === 0 ? 0 : 1;
  } finally {
    rmSync(reports, { recursive: true });
  }
}

/**
 * @param {readonly string[]} wanted
 * @param {{ reports: string, rest: string[], checking: ReturnType<typeof runCheckTools> }} options
 * @returns {Promise<Sum>}
 */
async function runRound(wanted, { reports, rest, checking }) {
  /** @type {Sum[]} */
  const sums = [];
  for (const group of groupKinds(wanted)) {
    sums.push(...(await runGroup(group, { reports, rest })));
    if (group.includes('unit')) printVerdicts(await checking);
  }
  return addUp(sums);
}

/** @param {readonly string[]} wanted @returns {string[][]} */
function groupKinds(wanted) {
  const isPair = sideBySide.every((kind) => wanted.includes(kind));
  const others = wanted.filter((kind) => !isPair || !sideBySide.includes(kind));
  return [...others.map((kind) => [kind]), ...(isPair ? [sideBySide] : [])];
}

/**
 * The first speaks as it goes, what the others said follows at their end.
 * @param {readonly string[]} group
 * @param {{ reports: string, rest: string[] }} options
 * @returns {Promise<Sum[]>}
 */
async function runGroup([first = '', ...others], options) {
  console.log(`\n=== ${[first, ...others].join(' beside ')}`);
  const beside = others.map(async (kind) => {
    /** @type {string[]} */
    const said = [];
    const sum = await runKind(kind, options, (line) => said.push(line));
    return { kind, sum, said };
  });
  const sum = await runKind(first, options);
  const ended = await Promise.all(beside);
  for (const { kind, said } of ended) console.log(`\n=== ${kind}\n${said.join('\n')}`);
  return [sum, ...ended.map((one) => one.sum)];
}

/**
 * @param {string} kind
 * @param {{ reports: string, rest: string[] }} options
 * @param {(line: string) => void} [onLine] Takes what it says, instead of the terminal.
 * @returns {Promise<Sum>}
 */
async function runKind(kind, { reports, rest }, onLine) {
  const report = join(reports, `${kind}.json`);
  // Of the round before: a vitest that breaks leaves none.
  rmSync(report, { force: true });
  const code = await (kind === 'vm'
    ? runInMachine(report, rest)
    : runHere({ kind, report, rest, onLine }));
  const sum = sumReport(kind, report);
  // Nothing ran, or vitest itself broke or found an error outside the tests: no silence about it.
  if (sum.passed + sum.failed.length === 0) console.log(`No test of kind ${kind} ran.`);
  const isSilentFailure = sum.failed.length === 0 && (code !== 0 || sum.passed === 0);
  return isSilentFailure ? { ...sum, failed: [`${kind}: vitest itself, by code ${code}`] } : sum;
}

/**
 * @param {{ kind: string, report: string, rest: string[], onLine: ((line: string) => void) | undefined }} options
 * @returns {Promise<number>}
 */
async function runHere({ kind, report, rest, onLine }) {
  const args = [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--config=test/vitest.config.ts',
    ...projectsOf(kind).map((project) => `--project=${project}`),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...rest,
  ];
  const env = environmentForTools({ COULISSE_TEST_COMPILED: join(dirname(report), 'compiled') });
  const place = { cwd: root, env };
  if (onLine === undefined) return runInFront(pinnedNode, args, place);
  const { code, errors } = await runQuietly(pinnedNode, args, { ...place, onLine });
  for (const line of errors) onLine(line);
  return code;
}
