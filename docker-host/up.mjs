// The one entry of every npm script: sets the machine up, then runs what was asked. Runs on a bare
// Node 20 before anything is installed, so it imports no package; knows no verb's doing.
import { Unmet } from './bootstrap/unmet.mjs';
import { bench } from './bootstrap/verbs/bench.mjs';
import { check } from './bootstrap/verbs/check.mjs';
import { coulisse } from './bootstrap/verbs/coulisse.mjs';
import { start } from './bootstrap/verbs/start.mjs';
import { test } from './bootstrap/verbs/test.mjs';

/** @type {Record<string, (args: string[]) => Promise<number>>} */
const verbs = { start, test, check, bench, coulisse };

const [name = '', ...args] = process.argv.slice(2);
const verb = verbs[name];

try {
  if (verb === undefined) {
    throw new Unmet(`"${name}" is none of ${Object.keys(verbs).join(', ')}.`, 2);
  }
  process.exitCode = await verb(args);
} catch (error) {
  if (!(error instanceof Unmet)) throw error;
  console.error(error.message);
  process.exitCode = error.exitCode;
}
