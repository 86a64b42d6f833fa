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
      status: 'failed',
      assertionResults: [
        { status: 'passed', fullName: 'a' },
        { status: 'failed', fullName: 'b' },
        { status: 'skipped', fullName: 'c' },
        { status: 'todo', fullName: 'd' },
      ],
    },
  ]);
  expect(sumReport('unit', path)).toEqual({
    passed: 1,
    failed: 1,
    skipped: ['unit: c', 'unit: d'],
    attacks: new Map(),
  });
});

test('a file that broke before its first test is a failure', () => {
  const path = writeReport([{ status: 'failed', assertionResults: [] }]);
  expect(sumReport('unit', path).failed).toBe(1);
});

test('no report means that nothing ran', () => {
  expect(sumReport('unit', '/nonexistent/report.json')).toEqual({
    passed: 0,
    failed: 0,
    skipped: [],
    attacks: new Map(),
  });
});

test('a test that says why it was skipped has the reason in its line', () => {
  const assertion = { status: 'skipped', fullName: 'a', meta: { reason: 'no such door' } };
  const path = writeReport([{ status: 'passed', assertionResults: [assertion] }]);
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
  const { attacks } = sumReport('kernel', writeReport([{ status: 'failed', assertionResults }]));
  expect(describeAttacks(attacks)).toBe(
    'attacks: 1 of 73 proved, 1 in part (A2), 1 proved nothing here (A3), 1 failed (A4), 69 not run',
  );
  expect(describeAttacks(new Map())).toBeUndefined();
});

test('sums add up', () => {
  const attacks = new Map([['A1', new Set(['proved' as const])]]);
  const sum = addUp([
    { passed: 1, failed: 0, skipped: ['x'], attacks: new Map() },
    { passed: 2, failed: 3, skipped: [], attacks },
  ]);
  expect(sum).toEqual({ passed: 3, failed: 3, skipped: ['x'], attacks });
});

test('of several rounds the sum says which of them failed', () => {
  const round = (failed: number) => ({ passed: 2, failed, skipped: [], attacks: new Map() });
  expect(describeRounds([round(0)])).toBeUndefined();
  expect(describeRounds([round(0), round(0)])).toBe('2 rounds, all of them passed');
  expect(describeRounds([round(0), round(1), round(0), round(3)])).toBe(
    '4 rounds, 2 of them failed: 2, 4',
  );
});
