// The markdown of a step: which code blocks it has and what their info words mean. Shared with the page,
// so it is pure: it knows no file system and no DOM, and turns nothing into HTML.
import type { Nodes, Root } from 'mdast';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';

/** What a fenced block is for, read from the words after its fence. */
export type BlockInfo =
  /** ```sh terminal=1 — typed into that terminal, one command a line. */
  | { kind: 'run'; terminal: 1 | 2 }
  /** ```sh — a command to read or copy; never typed for the learner. */
  | { kind: 'copy' }
  /** ```output — what the lab prints. */
  | { kind: 'output' }
  | { kind: 'unknown'; word: string };

export type CodeBlock = { info: BlockInfo; value: string; line: number; column: number };

const terminals: ReadonlyMap<string, 1 | 2> = new Map([
  ['terminal=1', 1],
  ['terminal=2', 2],
]);

/** `lang` and `meta` as mdast names them: the first info word and the rest. */
export function parseBlockInfo(lang: string | null | undefined, meta?: string | null): BlockInfo {
  const words = (meta ?? '').split(/\s+/).filter((word) => word !== '');
  const first = words[0];
  if (lang === 'output') {
    return first === undefined ? { kind: 'output' } : { kind: 'unknown', word: first };
  }
  if (lang !== 'sh') return { kind: 'unknown', word: lang ?? '' };
  if (first === undefined) return { kind: 'copy' };
  const terminal = terminals.get(first);
  const extra = terminal === undefined ? first : words[1];
  if (terminal === undefined || extra !== undefined) return { kind: 'unknown', word: extra ?? '' };
  return { kind: 'run', terminal };
}

const parser = unified().use(remarkParse).use(remarkGfm);

/** CommonMark with GitHub's tables, strike-through and links. */
export function parseMarkdown(markdown: string): Root {
  return parser.parse(markdown);
}

/** Every fenced or indented block, in order. */
export function listCodeBlocks(markdown: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  visitNodes(parseMarkdown(markdown), (node) => {
    if (node.type !== 'code') return;
    const start = node.position?.start;
    blocks.push({
      info: parseBlockInfo(node.lang, node.meta),
      value: node.value,
      line: start?.line ?? 1,
      column: start?.column ?? 1,
    });
  });
  return blocks;
}

/** Calls `visit` for a node and all below it, parents first. */
export function visitNodes(node: Nodes, visit: (node: Nodes) => void): void {
  visit(node);
  if (!('children' in node)) return;
  for (const child of node.children) visitNodes(child, visit);
}
