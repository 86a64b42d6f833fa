// Finds the first part of a condition that is false: the parts joined by &&, and within `list.exists(…)` the
// longest beginning that some element of the list has. Knows no page and no course.
import type { ASTNode } from '@marcbachmann/cel-js';
import type { Reason } from '../../protocol/reasons.ts';
import { compileExpression, parseExpression } from './environment.ts';
import { conjuncts, namePart, readLoop } from './name-part.ts';
import { printExpression, printOperand } from './print-expression.ts';

type Found = Omit<Reason, 'check'>;
/** Whether a condition holds of what is looked at now. */
type Holds = (condition: (variables: object) => unknown) => boolean;

type Part = { condition: (variables: object) => unknown; found: Found };

/** The finder of a condition's first false part; it gives undefined when all parts hold. */
export function compileReason(source: string): (holds: Holds) => Found | undefined {
  const parts = conjuncts(parseExpression(source)).flatMap(partsOf);
  return (holds) => parts.find(({ condition }) => !holds(condition))?.found;
}

/** A part as it stands; of `list.exists(v, a && b)`, one for `exists(v, a)` and one for `exists(v, a && b)`. */
function partsOf(node: ASTNode): Part[] {
  const loop = readLoop(node, 'exists');
  if (loop === undefined) {
    const found: Found = { over: null, met: [], missing: namePart(node) };
    return [{ condition: compileExpression(printExpression(node), 'condition'), found }];
  }
  const parts = conjuncts(loop.body);
  const names = parts.map(namePart);
  const list = printOperand(loop.list, '.');
  return names.map((missing, index) => {
    const beginning = parts.slice(0, index + 1).map((part) => printOperand(part, '&&'));
    const source = `${list}.exists(${loop.variable}, ${beginning.join(' && ')})`;
    return {
      condition: compileExpression(source, 'condition'),
      found: { over: loop.over, met: names.slice(0, index), missing },
    };
  });
}
