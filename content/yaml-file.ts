// Reads one YAML file by its schema and keeps the way back from a value to its line.
// Knows no course: what the values mean is for others.
import { readFileSync, statSync } from 'node:fs';
import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document, Node } from 'yaml';
import type { z } from 'zod';
import { explainIssue } from './explain-issue.ts';
import type { Position, Problem } from './problem.ts';

/** A step of thirty checks in two languages has 20 KB; more than this is no course file. */
const FILE_BYTES = 256 * 1024;

export type ValuePath = readonly (string | number)[];

export type YamlFile<T> = {
  file: string;
  /** Absent when the file is missing or does not fit its schema. */
  value: T | undefined;
  problems: Problem[];
  /** Where the value at this path is written, or the nearest thing above it. */
  positionOf(path: ValuePath): Position;
};

/** `file` is what people read in a problem, `path` where the file is. */
export function readYamlFile<T>(path: string, file: string, schema: z.ZodType<T>): YamlFile<T> {
  const start: Position = { line: 1, column: 1 };
  const place = ({ line, column }: Position, sentence: string, remedy: string): Problem => ({
    file,
    line,
    column,
    sentence,
    remedy,
  });
  const fail = (sentence: string, remedy: string): YamlFile<T> => ({
    file,
    value: undefined,
    problems: [place(start, sentence, remedy)],
    positionOf: () => start,
  });
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined) {
    return fail('this file is missing', 'write it; docs/AUTHORING.md shows what it holds');
  }
  if (size > FILE_BYTES) {
    return fail(`this file has ${size} bytes`, `keep it below ${FILE_BYTES} bytes`);
  }

  const lines = new LineCounter();
  const document = parseDocument(readFileSync(path, 'utf8'), {
    lineCounter: lines,
    prettyErrors: false,
  });
  const positionAt = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const positionOf = (wanted: ValuePath): Position => positionAt(offsetOf(document, wanted));

  if (document.errors.length > 0) {
    const remedy = 'correct the indentation, the quotes or the brackets of this line';
    const problems = document.errors.map((error) => {
      const sentence = `this is no YAML: ${error.message.split('\n')[0] ?? ''}`;
      return place(positionAt(error.pos[0]), sentence, remedy);
    });
    return { file, value: undefined, problems, positionOf };
  }

  const parsed = schema.safeParse(document.toJS());
  if (parsed.success) return { file, value: parsed.data, problems: [], positionOf };
  const problems = parsed.error.issues
    .flatMap((issue) => explainIssue(issue, (at) => document.hasIn(at)))
    .map((issue) => place(positionOf(issue.path), issue.sentence, issue.remedy));
  return { file, value: undefined, problems, positionOf };
}

/** Follows keys and indexes as far as they exist; a pair counts as being where its key is. */
function offsetOf(document: Document, path: ValuePath): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && item.key.value === part);
      if (pair === undefined) return offset;
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node) && typeof part === 'number') {
      node = node.items[part];
      offset = startOf(node) ?? offset;
    } else return offset;
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

function isNode(node: unknown): node is Node {
  return isMap(node) || isSeq(node) || isScalar(node);
}
