// What a person may write after `npm test --`: which kinds, and what goes on to vitest. Runs nothing.
import { Unmet } from './unmet.mjs';

/** In the order they are run: what fails soonest comes first. */
export const kinds = ['unit', 'kernel', 'content', 'e2e'];

/** Run when they are asked for alone: they take too long for each day. */
const nightlyKinds = ['vm'];

/** Of vitest's projects (test/vitest.config.ts), those of a kind, in the order they are run. @param {string} kind */
export function projectsOf(kind) {
  return kind === 'kernel' ? ['kernel', 'kernel-alone'] : [kind];
}

const allKinds = [...kinds, ...nightlyKinds];
const laterKinds = new Set(['fleet']);

/** @param {string} name */
function requireKind(name) {
  if (allKinds.includes(name)) return;
  if (laterKinds.has(name)) {
    throw new Unmet(`Tests of kind ${name} are not part of this version.`, 2);
  }
  throw new Unmet(`"${name}" is no kind of test: --only takes ${allKinds.join(', ')}.`, 2);
}

/** More than a night of them. */
const MOST_ROUNDS = 1000;

/** @param {string | undefined} text */
function readRounds(text) {
  const count = Number(text);
  if (text !== undefined && Number.isInteger(count) && count >= 1 && count <= MOST_ROUNDS) {
    return count;
  }
  throw new Unmet(`--repeat wants a whole number from 1 to ${MOST_ROUNDS}.`, 2);
}

/**
 * @param {string[]} args
 * @returns {{ only: string[] | undefined, rest: string[], repeat: number }} `only` undefined: all but the nightly kinds, and check
 */
export function parseTestArguments(args) {
  /** @type {string[]} */
  const chosen = [];
  /** @type {string[]} */
  const rest = [];
  let repeat = 1;
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index] ?? '';
    if (word === '--only') {
      index += 1;
      const value = args[index];
      if (value === undefined) throw new Unmet('--only wants the name of a kind of test.', 2);
      chosen.push(...value.split(','));
    } else if (word.startsWith('--only=')) {
      chosen.push(...word.slice('--only='.length).split(','));
    } else if (word === '--repeat') {
      index += 1;
      repeat = readRounds(args[index]);
    } else if (word.startsWith('--repeat=')) {
      repeat = readRounds(word.slice('--repeat='.length));
    } else if (word !== '--') {
      rest.push(word);
    }
  }
  chosen.forEach(requireKind);
  return {
    only: chosen.length === 0 ? undefined : allKinds.filter((kind) => chosen.includes(kind)),
    rest,
    repeat,
  };
}
