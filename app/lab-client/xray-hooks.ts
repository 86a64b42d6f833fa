// The x-ray for React components: the moments that the page was told of, and the wish to be told. Draws nothing.
'use client';

import { useEffect, useSyncExternalStore } from 'react';
import { drawLab } from './session.ts';
import type { Moment } from './xray-store.ts';
import { getEarned, getMoments, subscribeToXray } from './xray-store.ts';

const none: readonly Moment[] = [];
const noneEarned: readonly number[] = [];

export function useMoments(): readonly Moment[] {
  return useSyncExternalStore(subscribeToXray, getMoments, () => none);
}

/** performance.now() at which checks were earned. */
export function useEarnedTimes(): readonly number[] {
  return useSyncExternalStore(subscribeToXray, getEarned, () => noneEarned);
}

/**
 * Has link tell the page what the lab looks like, with `networks` how they count each second, while the component is
 * there and the page is seen.
 */
export function useLabDrawn(networks: boolean): void {
  useEffect(() => {
    const agree = (): void => {
      const on = document.visibilityState === 'visible';
      drawLab({ on, networks: on && networks });
    };
    agree();
    document.addEventListener('visibilitychange', agree);
    return () => {
      document.removeEventListener('visibilitychange', agree);
      drawLab({ on: false, networks: false });
    };
  }, [networks]);
}
