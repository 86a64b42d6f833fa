// The lab's state for React components, and the page-load effects that belong to it. Draws nothing.
'use client';

import { useEffect, useSyncExternalStore } from 'react';
import type { StepRef } from '../../server/protocol/ids.ts';
import type { StorageKey } from './browser-storage.ts';
import { recall, remember } from './browser-storage.ts';
import type { LabState } from './lab-state.ts';
import {
  getInitialLabState,
  getLabState,
  hasKeysWaiting,
  loadProgress,
  noteWhetherLabsExist,
  readStep,
  retryNow,
  startLab,
  subscribeToLab,
} from './session.ts';
import { onWake } from './wake.ts';

/** A part of the state; `read` must return the same value for the same state. */
export function useLab<T>(read: (state: LabState) => T): T {
  return useSyncExternalStore(
    subscribeToLab,
    () => read(getLabState()),
    () => read(getInitialLabState()),
  );
}

/** What is typed while the lab is away is kept by the page alone. */
function askBeforeKeysGo(event: BeforeUnloadEvent): void {
  if (hasKeysWaiting()) event.preventDefault();
}

/** Comes back to the lab of someone who has pressed Start before, and fetches what was earned. */
export function useReturningLearner(course: string, version: number): void {
  useEffect(() => {
    const unwake = onWake(retryNow);
    window.addEventListener('beforeunload', askBeforeKeysGo);
    if (recall('started') === 'yes') startLab();
    else void noteWhetherLabsExist();
    void loadProgress(course, version);
    return () => {
      unwake();
      window.removeEventListener('beforeunload', askBeforeKeysGo);
    };
  }, [course, version]);
}

const neverChanges = (): (() => void) => () => undefined;

/** What this browser remembers; undefined on the server and while the page wakes up. */
export function useRecalled(key: StorageKey): string | undefined {
  return useSyncExternalStore(
    neverChanges,
    () => recall(key),
    () => undefined,
  );
}

/** False on the server and while the page wakes up: what this browser remembers is not known yet. */
export function useIsAwake(): boolean {
  return useSyncExternalStore(
    neverChanges,
    () => true,
    () => false,
  );
}

export function useReadStep(step: StepRef): void {
  const { course, version, chapter, step: id } = step;
  useEffect(() => {
    readStep({ course, version, chapter, step: id });
    remember('place', `${course}/${chapter}/${id}`);
  }, [course, version, chapter, id]);
}
