// The tools that hold the house's habits, and a run of them two at a time. Knows no habit.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runQuietly } from './run.mjs';
import { environmentForTools, pinnedNode, root } from './settings.mjs';

/** One a core of the machine this is measured on; a third would only slow the other two. */
const atOnce = 2;

/** @typedef {{ name: string, program: string, args: string[] }} Tool */
/** @typedef {{ name: string, ok: boolean, seconds: number, output: string[] }} Verdict */

/** @param {string} name */
const bin = (name) => join(root, 'node_modules/.bin', name);

const rooms = ['app', 'server', 'content', 'docker-host', 'test'];

/** The longest first, so that none of them is what everybody waits for. @returns {Tool[]} */
function listTools() {
  const lint = join(root, 'content/lint.ts');
  return [
    { name: 'prettier', program: bin('prettier'), args: ['--check', '.'] },
    {
      name: 'tsc',
      program: bin('tsc'),
      // The build information would lie in the checkout.
      args: ['--noEmit', '--incremental', 'false', '--pretty', 'false'],
    },
    {
      name: 'dependency-cruiser',
      program: bin('depcruise'),
      args: [
        '--config',
        '.dependency-cruiser.mjs',
        ...rooms.filter((room) => existsSync(join(root, room))),
      ],
    },
    { name: 'oxlint', program: bin('oxlint'), args: ['--type-aware', '--deny-warnings'] },
    { name: 'knip', program: bin('knip'), args: ['--no-progress'] },
    { name: 'markdownlint-cli2', program: bin('markdownlint-cli2'), args: [] },
    ...(existsSync(lint) ? [{ name: 'content lint', program: pinnedNode, args: [lint] }] : []),
  ];
}

/**
 * tsc needs the types that Next writes for this app's routes; a fresh clone has none.
 */
async function writeRouteTypes() {
  const isWritten = ['next-env.d.ts', '.next/types/routes.d.ts'].every((name) =>
    existsSync(join(root, name)),
  );
  if (isWritten || !existsSync(join(root, 'app/layout.tsx'))) return;
  await runQuietly(bin('next'), ['typegen'], { cwd: root, env: environmentForTools() });
}

/** @param {Tool} tool @returns {Promise<Verdict>} */
async function runTool({ name, program, args }) {
  const start = performance.now();
  /** @type {string[]} */
  const output = [];
  const { code, errors } = await runQuietly(program, args, {
    cwd: root,
    env: environmentForTools(),
    onLine: (line) => output.push(line),
  });
  return {
    name,
    ok: code === 0,
    seconds: (performance.now() - start) / 1000,
    output: [...output, ...errors],
  };
}

/** @returns {Promise<Verdict[]>} */
export async function runCheckTools() {
  await writeRouteTypes();
  const waiting = listTools();
  /** @type {Verdict[]} */
  const verdicts = [];
  const work = async () => {
    for (let tool = waiting.shift(); tool !== undefined; tool = waiting.shift()) {
      verdicts.push(await runTool(tool));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return verdicts;
}

/** @param {Verdict[]} verdicts */
export function printVerdicts(verdicts) {
  for (const { ok, output, name } of verdicts) {
    if (!ok) console.log(`--- ${name}\n${output.join('\n')}`);
  }
  for (const { name, ok, seconds } of verdicts) {
    console.log(`check ${name.padEnd(20)} ${ok ? 'pass' : 'FAIL'} ${seconds.toFixed(1)} s`);
  }
}
