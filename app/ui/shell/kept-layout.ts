// How the panels of the page were last divided, kept in this browser. Knows no panel.
import type { Layout } from 'react-resizable-panels';
import { z } from 'zod';
import type { StorageKey } from '../../lab-client/browser-storage.ts';
import { recall, remember } from '../../lab-client/browser-storage.ts';

const layoutSchema = z.record(z.string(), z.number().min(0).max(100));

export function keepLayout(key: StorageKey, layout: Layout): void {
  remember(key, JSON.stringify(layout));
}

/** What was kept, if it is still of this shape. */
export function recallLayout(key: StorageKey): Layout | undefined {
  try {
    return layoutSchema.parse(JSON.parse(recall(key) ?? ''));
  } catch {
    return undefined;
  }
}
