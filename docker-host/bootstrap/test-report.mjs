// Adds up what vitest's JSON reports say. Runs nothing.
import { existsSync, readFileSync } from 'node:fs';

/** @typedef {{ status: string, fullName: string }} Assertion */
/** @typedef {{ name: string, status: string, assertionResults: Assertion[] }} FileResult */
/** @typedef {{ passed: number, failed: number, skipped: string[] }} Sum */

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
  const count = (/** @type {string} */ status) =>
    assertions.filter((assertion) => assertion.status === status).length;
  // A file that breaks before its first test, or in a hook, fails without a failed assertion.
  const brokenFiles = files.filter(
    (file) =>
      file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'),
  );
  return {
    passed: count('passed'),
    failed: count('failed') + brokenFiles.length,
    skipped: assertions
      .filter(({ status }) => !['passed', 'failed'].includes(status))
      .map(({ fullName }) => `${kind}: ${fullName}`),
  };
}

/** @param {Sum[]} sums @returns {Sum} */
export function addUp(sums) {
  return {
    passed: sums.reduce((sum, { passed }) => sum + passed, 0),
    failed: sums.reduce((sum, { failed }) => sum + failed, 0),
    skipped: sums.flatMap(({ skipped }) => skipped),
  };
}

/** @param {Sum} sum */
export function printSum({ passed, failed, skipped }) {
  for (const name of skipped) console.log(`skipped ${name}`);
  console.log(`${passed} passed, ${failed} failed, ${skipped.length} skipped`);
}
