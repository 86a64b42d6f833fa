// What a fenced block of a step is, read from its element. Draws nothing.
import type { Element } from 'hast';
import type { BlockInfo } from '../../content/markdown.ts';
import { parseBlockInfo } from '../../content/markdown.ts';

export type Fence = { info: BlockInfo; code: string };

/** `pre` is what remark-rehype makes of a code block: one code element that keeps the words of its fence. */
export function readFence(pre: Element | undefined): Fence | undefined {
  const code = pre?.children[0];
  if (code?.type !== 'element' || code.tagName !== 'code') return undefined;
  const text = code.children[0];
  const names = code.properties['className'];
  const classes = Array.isArray(names) ? names.join(' ') : '';
  const lang = /(?:^| )language-(\S+)/.exec(classes)?.[1];
  return {
    info: parseBlockInfo(lang, code.data?.meta),
    code: text?.type === 'text' ? text.value.replace(/\n$/, '') : '',
  };
}
