// Gives the parts of an expression their names that are about several things: counts, every, some, one of these. Knows
// no snapshot.
import type { ASTNode } from '@marcbachmann/cel-js';
import type { Atom, PlainAtom, Thing } from '../../protocol/reasons.ts';
import { namePlain } from './name-atom.ts';
import { printExpression } from './print-expression.ts';

const variables = new Map<string, Thing>([
  ['processes', 'process'],
  ['containers', 'container'],
  ['ended', 'ended'],
  ['mounts', 'mount'],
  ['networks', 'network'],
  ['groups', 'group'],
]);
const fields = new Map<string, Thing>([
  ['links', 'link'],
  ['routes', 'route'],
  ['rules', 'rule'],
]);
const functions = new Map<string, Thing>([
  ['mountsOf', 'mount'],
  ['children', 'process'],
  ['ancestors', 'process'],
]);

/** The parts joined by `&&`, and by `||`. */
export function conjuncts(node: ASTNode): ASTNode[] {
  return node.op === '&&' ? node.args.flatMap(conjuncts) : [node];
}

function disjuncts(node: ASTNode): ASTNode[] {
  return node.op === '||' ? node.args.flatMap(disjuncts) : [node];
}

type Loop = { list: ASTNode; over: Thing; variable: string; body: ASTNode };

/** `list.name(variable, body)` over a list that has a word. */
export function readLoop(node: ASTNode, name: string): Loop | undefined {
  if (node.op !== 'rcall' || node.args[0] !== name) return undefined;
  const [, list, [variable, body]] = node.args;
  const over = thingIn(list);
  if (over === undefined || variable?.op !== 'id' || body === undefined) return undefined;
  return { list, over, variable: variable.args, body };
}

export function namePart(node: ASTNode): Atom {
  const source = printExpression(node);
  const plain = namePlain(source);
  if (plain.say !== 'expression') return plain;
  return nameCount(node) ?? nameLoop(node) ?? nameEither(node) ?? plain;
}

function thingIn(list: ASTNode): Thing | undefined {
  if (list.op === 'id') return variables.get(list.args);
  if (list.op === '.') return fields.get(list.args[1]);
  return list.op === 'call' ? functions.get(list.args[0]) : undefined;
}

/** Undefined unless each of them has words. */
function namesOf(nodes: readonly ASTNode[]): PlainAtom[] | undefined {
  const names = nodes.map((one) => namePlain(printExpression(one)));
  return names.some(({ say }) => say === 'expression') ? undefined : names;
}

function nameCount(node: ASTNode): Atom | undefined {
  const { op: comparison } = node;
  if (
    comparison !== '>=' &&
    comparison !== '>' &&
    comparison !== '==' &&
    comparison !== '<' &&
    comparison !== '<='
  ) {
    return undefined;
  }
  const [size, wanted] = node.args;
  if (size.op !== 'rcall' || size.args[0] !== 'size' || wanted.op !== 'value') return undefined;
  if (typeof wanted.args !== 'bigint') return undefined;
  const [, counted] = size.args;
  const filter = readLoop(counted, 'filter');
  const over = filter?.over ?? thingIn(counted);
  const each = filter === undefined ? [] : namesOf(conjuncts(filter.body));
  if (over === undefined || each === undefined) return undefined;
  return { say: 'count', over, comparison, number: Number(wanted.args), each };
}

function nameLoop(node: ASTNode): Atom | undefined {
  const every = readLoop(node, 'all');
  const loop = every ?? readLoop(node, 'exists');
  const each = loop && namesOf(conjuncts(loop.body));
  if (loop === undefined || each === undefined) return undefined;
  return { say: every === undefined ? 'some' : 'every', over: loop.over, each };
}

function nameEither(node: ASTNode): Atom | undefined {
  const each = node.op === '||' ? namesOf(disjuncts(node)) : undefined;
  return each && { say: 'either', each };
}
