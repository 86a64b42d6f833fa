// Adds up what vitest's JSON reports say. Runs nothing.
import { existsSync, readFileSync } from 'node:fs';

/** @typedef {{ status: string, fullName: string, meta?: { reason?: string }, failureMessages?: string[] }} Assertion */
/** @typedef {{ name: string, status: string, message?: string, assertionResults: Assertion[] }} FileResult */
/** What became of the tests that quote one number of docs/ATTACKS.md. @typedef {Set<'proved' | 'failed' | 'nothing'>} Fate */
/** @typedef {{ passed: number, failed: string[], skipped: string[], attacks: Map<string, Fate> }} Sum */

/** Rows of docs/ATTACKS.md. */
const ATTACKS = 73;

/** Of a failure's own words, what is said again at the end; the whole stands where the test ran. */
const LINES_OF_A_FAILURE = 12;

/** @param {string} path @returns {FileResult[]} */
function readReport(path) {
  if (!existsSync(path)) return [];
  const report = /** @type {{ testResults: FileResult[] }} */ (
    JSON.parse(readFileSync(path, 'utf8'))
  );
  return report.testResults;
}

/**
 * @param {string} kind
 * @param {string} path
 * @returns {Sum}
 */
export function sumReport(kind, path) {
  const files = readReport(path);
  const assertions = files.flatMap((file) => file.assertionResults);
  // A file that breaks before its first test, or in a hook, fails without a failed assertion.
  const brokenFiles = files.filter(
    (file) =>
      file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'),
  );
  return {
    passed: assertions.filter(({ status }) => status === 'passed').length,
    failed: [
      ...files.flatMap((file) =>
        file.assertionResults
          .filter(({ status }) => status === 'failed')
          .map(({ fullName, failureMessages }) =>
            describeFailure(`${kind}: ${fullName}`, file.name, failureMessages?.join('\n')),
          ),
      ),
      ...brokenFiles.map(({ name, message }) => describeFailure(kind, name, message)),
    ],
    skipped: assertions
      .filter(({ status }) => !['passed', 'failed'].includes(status))
      .map(
        ({ fullName, meta }) => `${kind}: ${fullName}${meta?.reason ? ` (${meta.reason})` : ''}`,
      ),
    attacks: fatesOf(assertions),
  };
}

/**
 * @param {string} what
 * @param {string} path
 * @param {string} [message]
 */
function describeFailure(what, path, message = '') {
  const lines = message.split('\n').filter((line) => line.trim() !== '');
  return [
    `${what} (${path.slice(path.lastIndexOf('/test/') + 1)})`,
    ...lines.slice(0, LINES_OF_A_FAILURE).map((line) => `    ${line.slice(0, 400)}`),
  ].join('\n');
}

/** @param {Assertion[]} assertions @returns {Map<string, Fate>} */
function fatesOf(assertions) {
  /** @type {Map<string, Fate>} */
  const fates = new Map();
  for (const { status, fullName, meta } of assertions) {
    // Skipped without a reason: not asked for.
    if (status !== 'passed' && status !== 'failed' && meta?.reason === undefined) continue;
    const fate = status === 'passed' ? 'proved' : status === 'failed' ? 'failed' : 'nothing';
    for (const [, clause = ''] of fullName.matchAll(/\[(A\d+)\]/g)) {
      fates.set(clause, (fates.get(clause) ?? new Set()).add(fate));
    }
  }
  return fates;
}

/** @param {Sum[]} sums @returns {Sum} */
export function addUp(sums) {
  return {
    passed: sums.reduce((sum, { passed }) => sum + passed, 0),
    failed: sums.flatMap(({ failed }) => failed),
    skipped: sums.flatMap(({ skipped }) => skipped),
    attacks: new Map(sums.flatMap(({ attacks }) => [...attacks])),
  };
}

/** One line, of more than one round. @param {readonly Sum[]} rounds @returns {string | undefined} */
export function describeRounds(rounds) {
  if (rounds.length < 2) return undefined;
  const bad = rounds.flatMap(({ failed }, index) => (failed.length > 0 ? [index + 1] : []));
  if (bad.length === 0) return `${rounds.length} rounds, all of them passed`;
  return `${rounds.length} rounds, ${bad.length} of them failed: ${bad.join(', ')}`;
}

/** One line, when a suite of attacks ran. @param {Map<string, Fate>} attacks @returns {string | undefined} */
export function describeAttacks(attacks) {
  if (attacks.size === 0) return undefined;
  const names = (/** @type {(fate: Fate) => boolean} */ fits) =>
    [...attacks]
      .filter(([, fate]) => fits(fate))
      .map(([clause]) => clause)
      .toSorted((a, b) => Number(a.slice(1)) - Number(b.slice(1)));
  const failed = names((fate) => fate.has('failed'));
  const whole = names((fate) => fate.size === 1 && fate.has('proved'));
  const partly = names((fate) => !fate.has('failed') && fate.has('proved') && fate.has('nothing'));
  const nothing = names((fate) => fate.size === 1 && fate.has('nothing'));
  const list = (/** @type {string[]} */ clauses) =>
    clauses.length === 0 ? '' : ` (${clauses.join(', ')})`;
  return (
    `attacks: ${whole.length} of ${ATTACKS} proved, ${partly.length} in part${list(partly)}, ` +
    `${nothing.length} proved nothing here${list(nothing)}, ${failed.length} failed${list(failed)}, ` +
    `${ATTACKS - attacks.size} not run`
  );
}

/** @param {Sum} sum */
export function printSum({ passed, failed, skipped, attacks }) {
  for (const name of skipped) console.log(`skipped ${name}`);
  const line = describeAttacks(attacks);
  if (line !== undefined) console.log(line);
  // Last of all but the counts: whoever keeps only the end of a run still learns what broke.
  for (const name of failed) console.log(`failed ${name}`);
  console.log(`${passed} passed, ${failed.length} failed, ${skipped.length} skipped`);
}
