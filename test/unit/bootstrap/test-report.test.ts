// Proves how vitest's reports are added up. Runs no test but itself.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  addUp,
  describeAttacks,
  sumReport,
  describeRounds,
} from '../../../docker-host/bootstrap/test-report.mjs';
import { makeTemporaryDirectory } from './temporary-directory.ts';

function writeReport(testResults: unknown[]): string {
  const path = join(makeTemporaryDirectory(), 'report.json');
  writeFileSync(path, JSON.stringify({ testResults }));
  return path;
}

test('tests are counted by their status and skipped ones keep their names', () => {
  const path = writeReport([
    {
      name: '/somewhere/test/unit/b.test.ts',
      status: 'failed',
      assertionResults: [
        { status: 'passed', fullName: 'a' },
        { status: 'failed', fullName: 'b', failureMessages: ['Error: broke\n\n    at b.ts:1'] },
        { status: 'skipped', fullName: 'c' },
        { status: 'todo', fullName: 'd' },
      ],
    },
  ]);
  expect(sumReport('unit', path)).toEqual({
    passed: 1,
    failed: ['unit: b (test/unit/b.test.ts)\n    Error: broke\n        at b.ts:1'],
    skipped: ['unit: c', 'unit: d'],
    attacks: new Map(),
  });
});

test('a file that broke before its first test is a failure', () => {
  const name = '/somewhere/test/unit/a.test.ts';
  const path = writeReport([
    { name, status: 'failed', message: 'no such module', assertionResults: [] },
  ]);
  expect(sumReport('unit', path).failed).toEqual([
    'unit (test/unit/a.test.ts)\n    no such module',
  ]);
});

test('of a failure that says much, the sum keeps the beginning', () => {
  const message = Array.from({ length: 40 }, (_, line) => `line ${line}`).join('\n');
  const failure = { status: 'failed', fullName: 'b', failureMessages: [message] };
  const path = writeReport([{ name: 'b.test.ts', status: 'failed', assertionResults: [failure] }]);
  const [told = ''] = sumReport('unit', path).failed;
  expect(told.split('\n')).toHaveLength(13);
  expect(told).toMatch(/ line 11$/);
});

test('no report means that nothing ran', () => {
  expect(sumReport('unit', '/nonexistent/report.json')).toEqual({
    passed: 0,
    failed: [],
    skipped: [],
    attacks: new Map(),
  });
});

test('a test that says why it was skipped has the reason in its line', () => {
  const assertion = { status: 'skipped', fullName: 'a', meta: { reason: 'no such door' } };
  const path = writeReport([
    { name: 'a.test.ts', status: 'passed', assertionResults: [assertion] },
  ]);
  expect(sumReport('kernel', path).skipped).toEqual(['kernel: a (no such door)']);
});

test('attacks are counted by number: proved whole, in part, nothing here, failed', () => {
  const because = { meta: { reason: 'not here' } };
  const assertionResults = [
    { status: 'passed', fullName: '[L1] [A10] by root' },
    { status: 'passed', fullName: '[A10] by student' },
    { status: 'passed', fullName: '[A2] by root' },
    { status: 'skipped', fullName: '[A2] by student', ...because },
    { status: 'skipped', fullName: '[A3] by root', ...because },
    { status: 'passed', fullName: '[A4] by root' },
    { status: 'failed', fullName: '[A4] by student' },
    { status: 'skipped', fullName: '[A5] not asked for' },
  ];
  const { attacks } = sumReport(
    'kernel',
    writeReport([{ name: 'a.test.ts', status: 'failed', assertionResults }]),
  );
  expect(describeAttacks(attacks)).toBe(
    'attacks: 1 of 73 proved, 1 in part (A2), 1 proved nothing here (A3), 1 failed (A4), 69 not run',
  );
  expect(describeAttacks(new Map())).toBeUndefined();
});

test('sums add up', () => {
  const attacks = new Map([['A1', new Set(['proved' as const])]]);
  const sum = addUp([
    { passed: 1, failed: [], skipped: ['x'], attacks: new Map() },
    { passed: 2, failed: ['y', 'z'], skipped: [], attacks },
  ]);
  expect(sum).toEqual({ passed: 3, failed: ['y', 'z'], skipped: ['x'], attacks });
});

test('of several rounds the sum says which of them failed', () => {
  const round = (...failed: string[]) => ({ passed: 2, failed, skipped: [], attacks: new Map() });
  expect(describeRounds([round()])).toBeUndefined();
  expect(describeRounds([round(), round()])).toBe('2 rounds, all of them passed');
  expect(describeRounds([round(), round('a'), round(), round('a', 'b')])).toBe(
    '4 rounds, 2 of them failed: 2, 4',
  );
});
