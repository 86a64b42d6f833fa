// What of the page is in front: lesson, terminal or x-ray on a phone, which terminal, one or both, and where the
// keyboard should go. Kept outside React, since code blocks and shortcuts move it too. Knows no lab.
'use client';

import { useSyncExternalStore } from 'react';
import { recall, remember } from '../../lab-client/browser-storage.ts';
import type { SlotNumber } from '../../lab-client/lab-state.ts';

export type ViewState = {
  /** Which side a narrow screen shows. */
  side: 'lesson' | 'terminal' | 'xray';
  active: SlotNumber;
  split: boolean;
  reader: boolean;
  /** Whether the x-ray stands under the terminals: the learner's wish, or else as the chapter has it. */
  xray: boolean | undefined;
  chapterHasXray: boolean;
  /** Text is being searched for in the active terminal. */
  searching: boolean;
  /** Rises each time the keyboard should go into the active terminal. */
  focusWish: number;
};

const initial: ViewState = {
  side: 'lesson',
  active: 1,
  split: false,
  reader: false,
  xray: undefined,
  chapterHasXray: false,
  searching: false,
  focusWish: 0,
};
let view = initial;
const listeners = new Set<() => void>();

export function changeView(change: Partial<ViewState>): void {
  view = { ...view, ...change };
  for (const listener of listeners) listener();
}

export function showTerminal(active: SlotNumber): void {
  changeView({ active, side: 'terminal' });
}

export function focusTerminal(active: SlotNumber = view.active): void {
  changeView({ active, side: 'terminal', focusWish: view.focusWish + 1 });
}

export function toggleSplit(): void {
  changeView({ split: !view.split });
  remember('view', view.split ? 'split' : 'tabs');
}

export function toggleReader(): void {
  changeView({ reader: !view.reader });
  remember('reader', view.reader ? 'on' : 'off');
}

export function isXrayShown({ xray, chapterHasXray }: ViewState): boolean {
  return xray ?? chapterHasXray;
}

export function toggleXray(): void {
  const xray = !isXrayShown(view);
  changeView({ xray });
  remember('xray', xray ? 'on' : 'off');
}

/** Once the page is there: what this browser remembers. */
export function recallView(): void {
  const xray = recall('xray');
  changeView({
    split: recall('view') === 'split',
    reader: recall('reader') === 'on',
    xray: xray === undefined ? undefined : xray === 'on',
  });
}

export function useView(): ViewState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => view,
    () => initial,
  );
}
