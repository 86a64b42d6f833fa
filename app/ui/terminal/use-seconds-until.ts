// Whole seconds left until a moment of the page's clock, counted down. Draws nothing.
'use client';

import { useSyncExternalStore } from 'react';

function everySecond(tick: () => void): () => void {
  const timer = setInterval(tick, 1_000);
  return () => clearInterval(timer);
}

const readSecond = (): number => Math.floor(Date.now() / 1_000);
const never = (): number => 0;

export function useSecondsUntil(moment: number | undefined): number {
  const now = useSyncExternalStore(everySecond, moment === undefined ? never : readSecond, never);
  return moment === undefined ? 0 : Math.max(0, Math.ceil(moment / 1_000 - now));
}

/** 4:07, or 1:04:07. */
export function clockText(seconds: number): string {
  const pad = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = pad(seconds % 60);
  return hours > 0 ? `${hours}:${pad(minutes)}:${rest}` : `${minutes}:${rest}`;
}
