// Makes an expression pay for each list that it goes through, wherever the list comes from: a variable, a field, a
// name bound to it, or what was filtered from another. Knows no snapshot.
import { isDeepStrictEqual } from 'node:util';
import type { ASTNode, Environment } from '@marcbachmann/cel-js';
import { spend } from './meter.ts';
import { printExpression } from './print-expression.ts';

/** No author may write it: it is put into the expression when it is compiled. */
const CHARGED = 'charged__';

const loops = new Set(['all', 'exists', 'exists_one', 'filter', 'map']);
const wholly = new Set(['==', '!=', '+']);

type Node = { op: string; args: unknown };
type CheckedNode = Node & { checkedType?: { kind: string } };

/** A charge is one node and one level more around a node; an author's limits are 400 of them, 40 levels deep. */
const LIMITS = { maxAstNodes: 1200, maxDepth: 500 };

/** The same language, with the function that charges. */
export function charging(environment: Environment): Environment {
  return environment
    .clone({ limits: LIMITS })
    .registerFunction(`${CHARGED}(list<A>): list<A>`, (list: unknown[]) => pay(list, list.length))
    .registerFunction(`${CHARGED}(map<A, B>): map<A, B>`, (map: object) => pay(map, sizeOf(map)));
}

/** The source of an expression of `environment`, for its `charging`. Throws when it is none. */
export function chargeLists(source: string, environment: Environment): string {
  const parsed = environment.parse(source);
  // Only what is checked knows its types.
  parsed.check();
  const rewritten = rewrite(parsed.ast);
  if (!isTree(rewritten)) throw new Error('the expression has no syntax tree');
  return printExpression(rewritten);
}

/** Whether two trees are the same but for the charges in `charged`. */
export function isSameButCharged(charged: unknown, original: unknown): boolean {
  const [one, other] = [listOf(charged), listOf(original)];
  if (one !== undefined && other !== undefined) {
    return (
      one.length === other.length && one.every((each, at) => isSameButCharged(each, other[at]))
    );
  }
  if (!isNode(charged) || !isNode(original)) return isDeepStrictEqual(charged, original);
  const [name, paid] = charged.op === 'call' ? (listOf(charged.args) ?? []) : [];
  if (name === CHARGED) return isSameButCharged(listOf(paid)?.[0], original);
  return charged.op === original.op && isSameButCharged(charged.args, original.args);
}

function rewrite(value: unknown): unknown {
  const list = listOf(value);
  if (list !== undefined) return list.map(rewrite);
  if (!isNode(value)) return value;
  const { op } = value;
  const args = listOf(value.args);
  if (op === 'value') return value;
  if (args === undefined) return { op, args: rewrite(value.args) };
  const isLoop = op === 'rcall' && loops.has(String(args[0]));
  return {
    op,
    args: args.map((arg, index) => {
      // The list of a loop, and the right side of `in`, stand second.
      const isPaid = ((isLoop || op === 'in') && index === 1) || (wholly.has(op) && isList(arg));
      return isPaid ? charge(rewrite(arg)) : rewrite(arg);
    }),
  };
}

function charge(inner: unknown): Node {
  return { op: 'call', args: [CHARGED, [inner]] };
}

function isNode(value: unknown): value is CheckedNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}

function isTree(value: unknown): value is ASTNode {
  return isNode(value);
}

function listOf(value: unknown): unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

function isList(value: unknown): boolean {
  const kind = isNode(value) ? value.checkedType?.kind : undefined;
  return kind === 'list' || kind === 'map';
}

function pay<T>(paid: T, elements: number): T {
  spend(elements);
  return paid;
}

function sizeOf(map: object): number {
  return map instanceof Map ? map.size : Object.keys(map).length;
}
