// Finds the first part of a condition that is false: the parts joined by &&, and within `list.exists(…)` the
// longest beginning that some element of the list has. Knows no page and no course.
import { serialize } from '@marcbachmann/cel-js';
import type { ASTNode } from '@marcbachmann/cel-js';
import type { Reason } from '../../protocol/reasons.ts';
import { compileExpression, parseExpression } from './environment.ts';
import { nameAtom } from './name-atom.ts';

type Found = Omit<Reason, 'check'>;
/** Whether a condition holds of what is looked at now. */
type Holds = (condition: (variables: object) => unknown) => boolean;

type Part = { condition: (variables: object) => unknown; found: Found };

const lists = new Map<string, NonNullable<Reason['over']>>([
  ['processes', 'process'],
  ['containers', 'container'],
  ['ended', 'ended'],
]);

/** The finder of a condition's first false part; it gives undefined when all parts hold. */
export function compileReason(source: string): (holds: Holds) => Found | undefined {
  const parts = conjuncts(parseExpression(source)).flatMap(partsOf);
  return (holds) => parts.find(({ condition }) => !holds(condition))?.found;
}

/** A part as it stands; of `list.exists(v, a && b)`, one for `exists(v, a)` and one for `exists(v, a && b)`. */
function partsOf(node: ASTNode): Part[] {
  const loop = readExists(node);
  if (loop === undefined) {
    const text = serialize(node);
    const found: Found = { over: null, met: [], missing: nameAtom(text) };
    return [{ condition: compileExpression(text, 'condition'), found }];
  }
  const texts = conjuncts(loop.body).map((part) => serialize(part));
  return texts.map((text, index) => {
    const beginning = texts.slice(0, index + 1).map((one) => `(${one})`);
    const source = `${loop.list}.exists(${loop.variable}, ${beginning.join(' && ')})`;
    const met = texts.slice(0, index).map(nameAtom);
    return {
      condition: compileExpression(source, 'condition'),
      found: { over: loop.over, met, missing: nameAtom(text) },
    };
  });
}

function conjuncts(node: ASTNode): ASTNode[] {
  return node.op === '&&' ? node.args.flatMap(conjuncts) : [node];
}

type Loop = {
  list: string;
  over: NonNullable<Reason['over']>;
  variable: string;
  body: ASTNode;
};

function readExists(node: ASTNode): Loop | undefined {
  if (node.op !== 'rcall') return undefined;
  const [name, receiver, args] = node.args;
  const [variable, body] = args;
  if (name !== 'exists' || receiver.op !== 'id' || variable?.op !== 'id' || body === undefined) {
    return undefined;
  }
  const over = lists.get(receiver.args);
  return over && { list: receiver.args, over, variable: variable.args, body };
}
