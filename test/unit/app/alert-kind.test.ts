// GitHub's alerts and our fences, as they come out of markdown.
import type { Element, Root } from 'hast';
import remarkParse from 'remark-parse';
import remarkRehype from 'remark-rehype';
import { unified } from 'unified';
import { expect, it } from 'vitest';
import { markAlerts } from '../../../app/lesson/alert-kind.ts';
import { readFence } from '../../../app/lesson/fence.ts';

const processor = unified().use(remarkParse).use(remarkRehype).use(markAlerts);

function firstElement(markdown: string): Element | undefined {
  const tree: Root = processor.runSync(processor.parse(markdown));
  return tree.children.find((child) => child.type === 'element');
}

it('makes an alert of a quote that begins with its kind, and takes the mark away', () => {
  const quote = firstElement('> [!WARNING]\n> Mind the gap.');
  expect(quote?.properties['data-alert']).toBe('warning');
  expect(JSON.stringify(quote)).not.toContain('[!WARNING]');
  expect(JSON.stringify(quote)).toContain('Mind the gap.');
});

it('leaves other quotes and unknown kinds alone', () => {
  expect(firstElement('> Just said.')?.properties['data-alert']).toBeUndefined();
  expect(firstElement('> [!LOUD]\n> No.')?.properties['data-alert']).toBeUndefined();
});

it('reads what a fence says about its block', () => {
  expect(readFence(firstElement('```sh terminal=2\nls\nps\n```'))).toEqual({
    info: { kind: 'run', terminal: 2 },
    code: 'ls\nps',
  });
  expect(readFence(firstElement('```sh\nls\n```'))?.info).toEqual({ kind: 'copy' });
  expect(readFence(firstElement('```output\nPID\n```'))?.info).toEqual({ kind: 'output' });
  expect(readFence(firstElement('text'))).toBeUndefined();
});
