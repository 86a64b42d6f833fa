// What runs is what its author wrote, with a charge around each list: the same tree, and the same values.
import {
  type Arbitrary,
  assert,
  boolean,
  constant,
  constantFrom,
  letrec,
  oneof,
  property,
  string,
  tuple,
} from 'fast-check';
import { expect, test } from 'vitest';
import { Environment } from '@marcbachmann/cel-js';
import { chargeLists, charging, isSameButCharged } from '../../../server/link/checks/charging.ts';
import { checkExpression, compileExpression } from '../../../server/link/checks/environment.ts';
import { LabHistory } from '../../../server/link/checks/history.ts';
import { refill } from '../../../server/link/checks/meter.ts';
import { compileReason } from '../../../server/link/checks/reasons.ts';
import { LabView } from '../../../server/link/checks/view.ts';
import { makeProcess, makeSnapshot } from './lab-builder.ts';

const plain = new Environment({ limits: { maxDepth: 120 } })
  .registerVariable('n', 'int')
  .registerVariable('d', 'double')
  .registerVariable('s', 'string')
  .registerVariable('l', 'list<int>')
  .registerVariable('m', 'map<string, int>');
const charged = charging(plain);
const variables = { n: 7n, d: 0.25, s: 'a🦈', l: [3n, 1n, 2n], m: { a: 1n } };

type Typed = Record<'int' | 'double' | 'string' | 'bool' | 'list', string>;

const quoted = string({ unit: 'binary', maxLength: 5 }).map((text) =>
  JSON.stringify(text).replaceAll(/\\u(d[89a-f]..)/g, '?'),
);

/** Expressions of each type as authors write them, with parentheses wherever they may stand, needed or not. */
const written = letrec<Typed>((tie) => {
  const join = (...parts: (string | Arbitrary<string>)[]): Arbitrary<string> =>
    tuple(...parts.map((part) => (typeof part === 'string' ? constant(part) : part))).map(
      (texts) => `(${texts.join(' ')})`,
    );
  /** One operator on two sides, bare: how it nests is left to the grammar. */
  const bare = (left: Arbitrary<string>, right: Arbitrary<string>, ...operators: string[]) =>
    tuple(left, constantFrom(...operators), right).map(
      ([one, operator, other]) => `${one} ${operator} ${other}`,
    );
  const loose = (inner: Arbitrary<string>) =>
    tuple(inner, boolean()).map(([text, isWrapped]) => (isWrapped ? `((${text}))` : text));
  const either = (type: keyof Typed) => join(tie('bool'), '?', tie(type), ':', tie(type));
  return {
    int: oneof(
      { depthSize: 'small', withCrossShrink: true },
      constantFrom('n', '0', '3', '0x1F', '9007199254740993', 'l[0]', '(l)[1]', 's.size()'),
      loose(bare(tie('int'), tie('int'), '+', '-', '*', '/', '%')),
      join('-', tie('int')),
      join('- -', tie('int')),
      tie('list').map((list) => `(${list}).size()`),
      tie('list').map((list) => `(${list})[0]`),
      either('int'),
    ),
    double: oneof(
      { depthSize: 'small', withCrossShrink: true },
      constantFrom('d', '0.0000000001', '1e-12', '2.0', '1e300', '0.1'),
      join(bare(tie('double'), tie('double'), '+', '-', '*', '/')),
      join('-', tie('double')),
      either('double'),
    ),
    string: oneof(
      { depthSize: 'small', withCrossShrink: true },
      constantFrom('s', '"🦈"', "'it\\'s'", String.raw`r'\d'`, '"""two\nlines"""'),
      constantFrom(String.raw`"\U0001f988"`, String.raw`'\x41\101\n'`, "'a\"b'"),
      quoted,
      bare(tie('string'), tie('string'), '+').map((text) => `(${text})`),
      either('string'),
    ),
    bool: oneof(
      { depthSize: 'small', withCrossShrink: true },
      constantFrom('true', 'false', 'has(m.a)', '"a" in m', "b'\\xff' == b'\\377'", '1u < 2u'),
      join(bare(tie('int'), tie('int'), '==', '!=', '<', '<=', '>', '>=')),
      join(bare(tie('double'), tie('double'), '==', '<', '>')),
      join(tie('string'), '==', tie('string')),
      tie('string').map((text) => `(${text}).contains('🦈')`),
      join(tie('list'), '==', tie('list')),
      join(tie('int'), 'in', tie('list')),
      loose(bare(tie('bool'), tie('bool'), '&&', '||')).map((text) => `(${text})`),
      bare(tie('bool'), tie('bool'), '==').map((text) => `(${text})`),
      tie('bool').map((text) => `!(${text})`),
      tuple(tie('list'), constantFrom('all', 'exists', 'exists_one'), tie('int')).map(
        ([list, loop, number]) => `(${list}).${loop}(x, x - (1 - ${number}) > 0)`,
      ),
      either('bool'),
    ),
    list: oneof(
      { depthSize: 'small', withCrossShrink: true },
      constantFrom('l', '[1, 2,]', '[n]'),
      bare(tie('list'), tie('list'), '+').map((text) => `(${text})`),
      tuple(tie('list'), tie('int')).map(([list, one]) => `(${list}).map(x, x - (x - ${one}))`),
      tuple(tie('list'), tie('bool')).map(([list, one]) => `(${list}).filter(x, ${one})`),
      either('list'),
    ),
  };
});

function valueOf(expression: () => unknown): unknown {
  refill();
  try {
    return expression();
  } catch {
    return 'fails';
  }
}

test('with its charges an expression has the tree and the value that it had', () => {
  assert(
    property(oneof(written.bool, written.int, written.double, written.string), (source) => {
      let original;
      try {
        original = plain.parse(source);
      } catch {
        // Beyond what an author may write.
        return;
      }
      const text = chargeLists(source, plain);
      const again = charged.parse(text);
      const was = valueOf(() => plain.evaluate(source, variables));
      const is = {
        same: isSameButCharged(again.ast, original.ast),
        value: valueOf(() => again(variables)),
      };
      expect({ text, ...is }).toEqual({ text, same: true, value: was });
    }),
    { numRuns: 2000 },
  );
});

test('trees that differ in no more than a charge are the same, and no others', () => {
  const same = (one: string, other: string) =>
    isSameButCharged(charged.parse(one).ast, plain.parse(other).ast);
  expect(same('charged__(l) == charged__(l)', 'l == l')).toBe(true);
  expect(same('10 - 3 + 2 == 5', '10 - (3 + 2) == 5')).toBe(false);
  expect(same('1.0 > 0.0', '1 > 0.0')).toBe(false);
  expect(same('charged__(l).size()', 'm.size()')).toBe(false);
});

const view = new LabView(makeSnapshot({ processes: [makeProcess(40)] }), new LabHistory());

const wellMeant = [
  '10 - (3 + 2) == 5',
  '17 % (2 * 5) == 7',
  '0.0000000001 > 0.0',
  '-(true ? 1 : 2) == -1',
  'true == (1 == 1)',
  '(false ? false : true) && true',
  '"🦈".contains("🦈")',
  'processes.exists(p, 10 - (3 + 2) == 5 && (false || true))',
];

/** Each list of the chain is charged around the one before: deeper than an author may go. */
const chain = `[1]${' + [1]'.repeat(118)} == [${'1, '.repeat(30)}] || true`;

test.each([...wellMeant.map((source) => [source, source]), ['a long chain of lists', chain]])(
  '%s holds, and so does each part of it',
  (_, source = '') => {
    expect(checkExpression(source, 'condition')).toBeUndefined();
    refill();
    expect(compileExpression(source, 'condition')(view)).toBe(true);
    const missing = compileReason(source)((condition) => {
      refill();
      return condition(view) === true;
    });
    expect(missing).toBeUndefined();
  },
);
