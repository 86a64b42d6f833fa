// What the markdown of a step must hold to: known blocks, the same blocks in every language, no HTML.
// Knows no file system and no other file of the step.
import { listCodeBlocks, parseMarkdown, visitNodes } from './markdown.ts';
import type { CodeBlock } from './markdown.ts';
import type { Problem } from './problem.ts';

export type StepText = { file: string; markdown: string };

const alertNames = ['NOTE', 'TIP', 'WARNING'];
const alertLine = /^\[!([^\]]*)\]/;

export function findTextProblems(texts: readonly StepText[]): Problem[] {
  const problems = texts.flatMap(findOwnProblems);
  const [first, second] = texts;
  if (first === undefined || second === undefined) return problems;
  return [...problems, ...compareBlocks(first, second), ...compareBlocks(second, first)];
}

function findOwnProblems({ file, markdown }: StepText): Problem[] {
  const problems: Problem[] = [];
  for (const block of listCodeBlocks(markdown)) {
    const position = { file, line: block.line, column: block.column };
    if (block.info.kind === 'unknown') {
      problems.push({
        ...position,
        sentence: `the code block has the unknown info word \`${block.info.word}\``,
        remedy: 'write ```sh terminal=1, ```sh terminal=2, ```sh or ```output',
      });
    } else if (
      block.info.kind === 'run' &&
      block.value.split('\n').some((line) => line.trim() === '')
    ) {
      problems.push({
        ...position,
        sentence: 'a block that is typed has an empty line',
        remedy: 'write one command on each line, and at least one',
      });
    }
  }
  visitNodes(parseMarkdown(markdown), (node) => {
    const start = node.position?.start;
    const position = { file, line: start?.line ?? 1, column: start?.column ?? 1 };
    if (node.type === 'html') {
      problems.push({
        ...position,
        sentence: 'the text holds HTML, which is never shown',
        remedy: 'write it as markdown, or between backquotes if it is meant to be read',
      });
    }
    if (node.type !== 'blockquote') return;
    const [paragraph] = node.children;
    const first = paragraph?.type === 'paragraph' ? paragraph.children[0] : undefined;
    const name = first?.type === 'text' ? alertLine.exec(first.value)?.[1] : undefined;
    if (name === undefined || alertNames.includes(name)) return;
    problems.push({
      ...position,
      sentence: `\`[!${name}]\` is no kind of call-out`,
      remedy: `write one of ${alertNames.map((known) => `[!${known}]`).join(', ')}`,
    });
  });
  return problems;
}

/** A block that `text` has and `other` has not, or has at another place. */
function compareBlocks(text: StepText, other: StepText): Problem[] {
  const otherKeys = listCodeBlocks(other.markdown).map(keyOf);
  const blocks = listCodeBlocks(text.markdown);
  const first = blocks.find((block, index) => otherKeys[index] !== keyOf(block));
  if (first === undefined) return [];
  const name = other.file.slice(other.file.lastIndexOf('/') + 1);
  return [
    {
      file: text.file,
      line: first.line,
      column: first.column,
      sentence: `${name} lacks this code block at this place`,
      remedy: 'give both languages the same blocks in the same order',
    },
  ];
}

function keyOf(block: CodeBlock): string {
  return JSON.stringify([block.info, block.value]);
}
