// GitHub's alerts in a tree of elements: `> [!NOTE]` becomes a blockquote that says its kind. Draws nothing.
import type { Element, ElementContent, Root, RootContent } from 'hast';

export const alertKinds = ['note', 'tip', 'important', 'warning', 'caution'] as const;
export type AlertKind = (typeof alertKinds)[number];

export function asAlertKind(word: string): AlertKind | undefined {
  return alertKinds.find((kind) => kind === word);
}

/** A plugin of rehype. */
export function markAlerts() {
  return (tree: Root): void => visit(tree);
}

function visit(node: Root | RootContent | ElementContent): void {
  if (!('children' in node)) return;
  if (node.type === 'element' && node.tagName === 'blockquote') markAlert(node);
  for (const child of node.children) visit(child);
}

function markAlert(quote: Element): void {
  const paragraph = quote.children.find((child) => child.type === 'element');
  const first = paragraph?.type === 'element' ? paragraph.children[0] : undefined;
  if (first?.type !== 'text') return;
  const found = /^\[!([A-Z]+)\]\s*/.exec(first.value);
  const kind = asAlertKind(found?.[1]?.toLowerCase() ?? '');
  if (found === null || kind === undefined) return;
  first.value = first.value.slice(found[0].length);
  quote.properties['data-alert'] = kind;
}
