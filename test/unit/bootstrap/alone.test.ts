// Holds the list of suites that run alone against the suites there are: a suite that is renamed must not get company.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { alone } from '../../kernel/alone.ts';

const root = join(import.meta.dirname, '../../..');

test.each(Object.entries(alone))('%s is there, and has a reason to run alone', (path, reason) => {
  expect(existsSync(join(root, path))).toBe(true);
  expect(reason).not.toBe('');
});
