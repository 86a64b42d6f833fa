// A step's markdown as React elements, without raw HTML: code blocks become ours, GitHub's alerts become
// notes. Runs on the server; knows no lab.
import type { Element, Root } from 'hast';
import { toJsxRuntime } from 'hast-util-to-jsx-runtime';
import type { ComponentProps } from 'react';
import { isValidElement } from 'react';
import { Fragment, jsx, jsxs } from 'react/jsx-runtime';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import remarkRehype from 'remark-rehype';
import { unified } from 'unified';
import type { Language } from '../../content/schema.ts';
import { Alert } from './alert.tsx';
import { markAlerts } from './alert-kind.ts';
import { CodeBlock } from './code-block.tsx';
import { readFence } from './fence.ts';
import { ScrollBox } from '../ui/lesson/scroll-box.tsx';

const processor = unified().use(remarkParse).use(remarkGfm).use(remarkRehype).use(markAlerts);

type Props = { text: string; language: Language };
type Node = { node?: Element | undefined };

export function Markdown({ text, language }: Props) {
  const tree: Root = processor.runSync(processor.parse(text));
  const drawn: unknown = toJsxRuntime(tree, {
    Fragment,
    jsx,
    jsxs,
    passNode: true,
    components: {
      pre({ node, children }: ComponentProps<'pre'> & Node) {
        const fence = readFence(node);
        if (fence === undefined) return <pre>{children}</pre>;
        return <CodeBlock {...fence} language={language} />;
      },
      blockquote({ node, children }: ComponentProps<'blockquote'> & Node) {
        const kind = node?.properties['data-alert'];
        if (typeof kind !== 'string') return <blockquote>{children}</blockquote>;
        return (
          <Alert kind={kind} language={language}>
            {children}
          </Alert>
        );
      },
      a({ href = '', children }: ComponentProps<'a'>) {
        const outside = /^https?:/.test(href);
        return (
          <a href={href} {...(outside ? { target: '_blank', rel: 'noopener noreferrer' } : {})}>
            {children}
          </a>
        );
      },
      table({ children }: ComponentProps<'table'>) {
        return (
          <ScrollBox>
            <table>{children}</table>
          </ScrollBox>
        );
      },
    },
  });
  return isValidElement(drawn) ? drawn : null;
}
