// How the learner wants terminals to look and behave, kept in this browser; and whether programs may copy,
// kept only as long as the page. Knows no emulator.
'use client';

import { useSyncExternalStore } from 'react';
import { z } from 'zod';
import { recall, remember } from '../../lab-client/browser-storage.ts';

export const coloursOffered = ['page', 'light', 'dark', 'contrast'] as const;
export type Colours = (typeof coloursOffered)[number];

/** Pixels. Half of it is still read by young eyes, double of it fills a projector. */
export const fontSizes = { least: 9, most: 28, step: 1 };

const settingsSchema = z.strictObject({
  fontSize: z.number().min(fontSizes.least).max(fontSizes.most),
  colours: z.enum(coloursOffered),
  /** auto: where fingers are what points. */
  keyBar: z.enum(['auto', 'on', 'off']),
});
export type TerminalSettings = z.infer<typeof settingsSchema>;

/** ask: until the learner has answered once. */
export type CopyLeave = 'ask' | 'allowed' | 'refused';

const initial: TerminalSettings = { fontSize: 13.5, colours: 'page', keyBar: 'auto' };
let settings = initial;
let copyLeave: CopyLeave = 'ask';
const listeners = new Set<() => void>();

function tell(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function changeSettings(change: Partial<TerminalSettings>): void {
  settings = { ...settings, ...change };
  remember('terminal', JSON.stringify(settings));
  tell();
}

/** Once the page is there: what this browser remembers, if it is still of this shape. */
export function recallSettings(): void {
  try {
    settings = settingsSchema.parse(JSON.parse(recall('terminal') ?? ''));
  } catch {
    return;
  }
  tell();
}

export function useTerminalSettings(): TerminalSettings {
  return useSyncExternalStore(
    subscribe,
    () => settings,
    () => initial,
  );
}

/** Until the page is left: a program that may copy in this lesson may not do so for ever. */
export function giveCopyLeave(leave: CopyLeave): void {
  copyLeave = leave;
  tell();
}

export const getCopyLeave = (): CopyLeave => copyLeave;

export function useCopyLeave(): CopyLeave {
  return useSyncExternalStore(subscribe, getCopyLeave, () => 'ask');
}
