// Writes a syntax tree down as CEL that has the same tree again. The library's own `serialize` leaves out parentheses
// that are needed and rounds numbers, so that what it writes may mean something else. Knows no type and no variable.
import type { ASTNode } from '@marcbachmann/cel-js';

/** From loose to tight, as the grammar of the language definition nests them. */
const levels: readonly (readonly string[])[] = [
  ['?:'],
  ['||'],
  ['&&'],
  ['==', '!='],
  ['<', '<=', '>', '>=', 'in'],
  ['+', '-'],
  ['*', '/', '%'],
  ['!_', '-_'],
];
const levelOf = new Map<string, number>(
  levels.flatMap((operators, level) => operators.map((one): [string, number] => [one, level])),
);
const OR = 1;
const UNARY = levels.length - 1;
/** Whatever may have a `.` or a `[` behind it. */
const POSTFIX = levels.length;

/**
 * One line, with a space around each operator of two sides. Texts come in double quotes with as few escapes as can be,
 * whole numbers as decimals, everything else as its author wrote it.
 */
export function printExpression(node: ASTNode): string {
  switch (node.op) {
    case 'value':
      return printLiteral(node);
    case 'id':
      return node.args;
    case '!_':
    case '-_':
      return `${node.op.charAt(0)}${within(node.args, UNARY)}`;
    case '.':
    case '.?':
      return `${receiver(node.args[0])}${node.op}${node.args[1]}`;
    case '[]':
    case '[?]':
      return `${receiver(node.args[0])}[${node.op === '[?]' ? '?' : ''}${printExpression(node.args[1])}]`;
    case 'call':
      return `${node.args[0]}(${printAll(node.args[1])})`;
    case 'rcall':
      return `${receiver(node.args[1])}.${node.args[0]}(${printAll(node.args[2])})`;
    case 'list':
      return `[${printAll(node.args)}]`;
    case 'map':
      return `{${node.args.map((pair) => pair.map(printExpression).join(': ')).join(', ')}}`;
    case '?:': {
      const [condition, yes, no] = node.args;
      return `${within(condition, OR)} ? ${printExpression(yes)} : ${printExpression(no)}`;
    }
    default: {
      const level = levelOf.get(node.op) ?? 0;
      const [left, right] = node.args;
      return `${within(left, level)} ${node.op} ${within(right, level + 1)}`;
    }
  }
}

/** As what stands before a `.`, or on either side of a chain of `&&`: in parentheses where it needs them. */
export function printOperand(node: ASTNode, operator: '.' | '&&'): string {
  return within(node, levelOf.get(operator) ?? POSTFIX);
}

function printAll(nodes: readonly ASTNode[]): string {
  return nodes.map(printExpression).join(', ');
}

/** In parentheses unless it binds as tight as `level`. */
function within(node: ASTNode, level: number): string {
  const text = printExpression(node);
  return (levelOf.get(node.op) ?? POSTFIX) >= level ? text : `(${text})`;
}

function receiver(node: ASTNode): string {
  return within(node, POSTFIX);
}

function printLiteral({ args, input, start, end }: Extract<ASTNode, { op: 'value' }>): string {
  if (typeof args === 'string') return quote(args);
  return typeof args === 'bigint' ? String(args) : input.slice(start, end);
}

/** What is beyond ASCII stands for itself: an escape of half a character is none. */
function quote(text: string): string {
  const escaped = text.replaceAll(/["\\\p{Cc}]/gu, (character) =>
    character === '"' || character === '\\'
      ? `\\${character}`
      : `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
  return `"${escaped}"`;
}
