// Holds docs/ATTACKS.md and the tests against each other: every number is there, each is quoted by exactly the
// suites that its row names, and a row that names none says why. Starts no lab.
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';

const ATTACKS = 73;
const kernelTests = join(import.meta.dirname, '..');
const text = readFileSync(join(kernelTests, '../../docs/ATTACKS.md'), 'utf8');
const rows = new Map(
  [...text.matchAll(/^\| (A\d+) .*\| *([^|]*?) *\|$/gm)].map(([, clause = '', heldBy = '']) => [
    clause,
    heldBy,
  ]),
);

const all = (source: string, pattern: RegExp) =>
  [...source.matchAll(pattern)].map(([, name = '']) => name);

const byName = (a: string, b: string) => a.localeCompare(b, 'en');

/** Suites by the number that they quote, in a title or in a row. */
function quotes(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const files = readdirSync(kernelTests, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.test.ts'),
  );
  for (const file of files) {
    const source = readFileSync(join(kernelTests, file), 'utf8');
    const clauses = all(source, /\[(A\d+)\]/g).concat(all(source, /[ (]'(A\d+)',/g));
    for (const clause of new Set(clauses)) {
      found.set(clause, [...(found.get(clause) ?? []), basename(file, '.test.ts')]);
    }
  }
  return found;
}

test('every attack has its row, in order', () => {
  expect([...rows.keys()]).toEqual(Array.from({ length: ATTACKS }, (_, index) => `A${index + 1}`));
});

test('each attack is quoted by the suites that its row names, and by no other', () => {
  const named = [...rows].map(([clause, heldBy]) => [
    clause,
    all(heldBy, /`([\w-]+)`/g).toSorted(byName),
  ]);
  const quoted = quotes();
  const found = [...rows.keys()].map((clause) => [
    clause,
    (quoted.get(clause) ?? []).toSorted(byName),
  ]);
  expect(found).toEqual(named);
  expect([...quoted.keys()].filter((clause) => !rows.has(clause))).toEqual([]);
});

test('an attack that no suite proves says why', () => {
  const silent = [...rows].filter(([, heldBy]) => !/`[\w-]+`|^not proved.*: \w+/.test(heldBy));
  expect(silent).toEqual([]);
});
