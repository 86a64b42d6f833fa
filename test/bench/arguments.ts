// What a person may write after `npm run bench --`, read into a type or refused with a sentence. Runs nothing.

export const kinds = ['lab', 'terminal', 'observe'] as const;
export type Kind = (typeof kinds)[number];
const laterKinds = new Set(['web', 'class']);

export type BenchArguments = {
  kinds: Kind[];
  /** One line of JSON last. */
  json: boolean;
  rounds: number;
  /** The same results as a table for a document. */
  markdown: boolean;
  /** Labs that are made as fast as can be and kept alive. */
  labs: number;
  /** Labs with a terminal each that all live when memory and echo are measured. */
  crowd: number;
};

const MOST_ROUNDS = 1000;
/** Slots and disk allow so many. */
const MOST_LABS = 1000;

export class UsageError extends Error {}

/** Throws UsageError. */
export function parseBenchArguments(args: readonly string[]): BenchArguments {
  const parsed: BenchArguments = {
    kinds: [...kinds],
    json: false,
    markdown: false,
    rounds: 30,
    labs: 200,
    crowd: 300,
  };
  const words = args.flatMap((word) => {
    const equals = word.startsWith('--') ? word.indexOf('=') : -1;
    return equals < 0 ? [word] : [word.slice(0, equals), word.slice(equals + 1)];
  });
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === '--json') parsed.json = true;
    else if (word === '--markdown') parsed.markdown = true;
    else if (word === '--only') parsed.kinds = readKinds(words.shift());
    else if (word === '--rounds') parsed.rounds = readCount(word, words.shift(), MOST_ROUNDS);
    else if (word === '--labs') parsed.labs = readCount(word, words.shift(), MOST_LABS);
    else if (word === '--crowd') parsed.crowd = readCount(word, words.shift(), MOST_LABS);
    else if (word !== '--') {
      throw new UsageError(
        `"${word}" is none of --only ${kinds.join()}, --rounds N, --labs N, --crowd N, --json, --markdown.`,
      );
    }
  }
  return parsed;
}

function readKinds(text: string | undefined): Kind[] {
  if (text === undefined) throw new UsageError('--only wants the name of a kind of benchmark.');
  return [...new Set(text.split(','))].map((name) => {
    const kind = kinds.find((one) => one === name);
    if (kind !== undefined) return kind;
    if (laterKinds.has(name)) {
      throw new UsageError(`Benchmarks of kind ${name} are not part of this version.`);
    }
    throw new UsageError(`"${name}" is no kind of benchmark: --only takes ${kinds.join(', ')}.`);
  });
}

function readCount(option: string, text: string | undefined, most: number): number {
  const count = Number(text);
  if (text !== undefined && Number.isInteger(count) && count >= 1 && count <= most) return count;
  throw new UsageError(`${option} wants a whole number from 1 to ${most}.`);
}
