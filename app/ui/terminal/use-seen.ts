// Whether anybody has looked at this page yet: a tab that is opened behind another has not been seen.
'use client';

import { useSyncExternalStore } from 'react';

let seen = false;

function subscribe(listener: () => void): () => void {
  document.addEventListener('visibilitychange', listener);
  return () => document.removeEventListener('visibilitychange', listener);
}

function getSeen(): boolean {
  seen ||= document.visibilityState === 'visible';
  return seen;
}

export function useSeen(): boolean {
  return useSyncExternalStore(subscribe, getSeen, () => false);
}
