// Proves how vitest's reports are added up. Runs no test but itself.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addUp, sumReport } from '../../../docker-host/bootstrap/test-report.mjs';
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
  });
});

test('sums add up', () => {
  const sum = addUp([
    { passed: 1, failed: 0, skipped: ['x'] },
    { passed: 2, failed: 3, skipped: [] },
  ]);
  expect(sum).toEqual({ passed: 3, failed: 3, skipped: ['x'] });
});
