// Holds docs/LAB.md and the names of the kernel suites against each other: no clause without a test, no test
// of a clause that is not there. Starts no lab.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nestingRows } from './nesting-rows.ts';

const text = readFileSync(join(import.meta.dirname, '../../docs/LAB.md'), 'utf8');
const suites = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.test.ts') && name !== 'lab-document.test.ts')
  .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))
  .join('\n');

const sorted = (names: Iterable<string>) =>
  [...new Set(names)].toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
const all = (source: string, pattern: RegExp) =>
  [...source.matchAll(pattern)].map(([, name = '']) => name);

test('every clause of docs/LAB.md is quoted by a test, and every quoted clause is there', () => {
  const written = sorted(all(text, /^\*\*\[(L\d+)\]/gm));
  const quoted = sorted(all(suites, /['`]\[(L\d+)\]/g));
  expect(quoted).toEqual(written);
  expect(written).toEqual(Array.from({ length: written.length }, (_, index) => `L${index + 1}`));
});

test('the nesting table has the rows that are run', () => {
  const written = all(text, /^\| (N\d+) /gm);
  const run = sorted([...nestingRows.map(({ clause }) => clause), ...all(suites, /\[(N\d+)\]/g)]);
  expect(written).toEqual(run);
});
