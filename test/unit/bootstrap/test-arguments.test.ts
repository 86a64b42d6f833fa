// Proves how `npm test --` reads its arguments. Runs no test of any kind.
import { expect, test } from 'vitest';
import { kinds, parseTestArguments } from '../../../docker-host/bootstrap/test-arguments.mjs';

test('without --only every kind is meant', () => {
  expect(parseTestArguments([])).toEqual({ only: undefined, rest: [], repeat: 1 });
});

test('kinds may be given with commas, repeated or with =, and are run in the usual order', () => {
  const { only } = parseTestArguments(['--only', 'e2e,unit', '--only=kernel']);
  expect(only).toEqual(['unit', 'kernel', 'e2e']);
});

test('what is not about kinds goes on to vitest', () => {
  const { rest } = parseTestArguments(['--only', 'unit', '--', '-t', 'a name']);
  expect(rest).toEqual(['-t', 'a name']);
});

test('an unknown kind is refused with the names of those there are', () => {
  expect(() => parseTestArguments(['--only', 'integration'])).toThrow(
    '"integration" is no kind of test: --only takes unit, kernel, content, e2e, vm.',
  );
});

test('fleet is a kind of a later version, and says so with exit code 2', () => {
  expect(() => parseTestArguments(['--only', 'fleet'])).toThrow(
    expect.objectContaining({
      message: 'Tests of kind fleet are not part of this version.',
      exitCode: 2,
    }),
  );
});

test('vm is run when it is asked for, and only then', () => {
  expect(kinds).not.toContain('vm');
  expect(parseTestArguments(['--only', 'vm']).only).toEqual(['vm']);
});

test('--repeat asks for so many rounds, and takes nothing but a number of them', () => {
  const { rest, repeat } = parseTestArguments(['--only', 'unit', '--repeat', '20', 'kills']);
  expect({ rest, repeat }).toEqual({ rest: ['kills'], repeat: 20 });
  expect(parseTestArguments(['--repeat=3']).repeat).toBe(3);
  for (const wrong of [['--repeat'], ['--repeat', 'kills'], ['--repeat=0'], ['--repeat', '1.5']]) {
    expect(() => parseTestArguments(wrong)).toThrow(
      '--repeat wants a whole number from 1 to 1000.',
    );
  }
});

test('--only without a name is refused', () => {
  expect(() => parseTestArguments(['--only'])).toThrow('--only wants the name of a kind of test.');
});
