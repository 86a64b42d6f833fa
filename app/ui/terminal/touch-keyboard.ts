// The key bar and the emulator that has the keyboard, brought together: Ctrl is held for one key, of the bar
// or of the device's own keyboard. Draws nothing.
'use client';

import { useSyncExternalStore } from 'react';
import type { TouchKey } from './touch-keys.ts';
import { sequenceOf, withCtrl } from './touch-keys.ts';

/** The emulator, as the bar sees it. */
export type KeyTarget = {
  type(text: string): void;
  focus(): void;
  hasApplicationCursor(): boolean;
};

let isCtrlHeld = false;
let target: KeyTarget | undefined;
const listeners = new Set<() => void>();

function holdCtrl(held: boolean): void {
  if (held === isCtrlHeld) return;
  isCtrlHeld = held;
  for (const listener of listeners) listener();
}

/** Where keys of the bar go, until another is named. */
export function aimTouchKeys(next: KeyTarget | undefined): void {
  target = next;
}

export function toggleCtrl(): void {
  holdCtrl(!isCtrlHeld);
  target?.focus();
}

export function pressTouchKey(key: Exclude<TouchKey, 'ctrl'>): void {
  const held = isCtrlHeld;
  holdCtrl(false);
  target?.type(sequenceOf(key, { ctrl: held, application: target.hasApplicationCursor() }));
  target?.focus();
}

/** What a person typed, with the Ctrl that is held for its first character: some keyboards give whole words. */
export function takeCtrl(text: string): string {
  const [first] = text;
  // A key that has a sequence has one of its own for Ctrl.
  if (!isCtrlHeld || first === undefined || first === '\u001b') return text;
  holdCtrl(false);
  return withCtrl(first) + text.slice(first.length);
}

/** Ctrl was not meant for what comes now. */
export const releaseCtrl = (): void => holdCtrl(false);

export function useCtrl(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => isCtrlHeld,
    () => false,
  );
}
