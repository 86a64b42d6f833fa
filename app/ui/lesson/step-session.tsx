// Tells link which step is read, and brings the eye and the screen reader to its beginning when it changes.
// Draws nothing.
'use client';

import { useEffect } from 'react';
import type { StepRef } from '../../../server/protocol/ids.ts';
import { useReadStep } from '../../lab-client/hooks.ts';

let shown: string | undefined;

export function StepSession({ step }: { step: StepRef }) {
  useReadStep(step);
  const key = `${step.chapter}/${step.step}`;
  useEffect(() => {
    const before = shown;
    shown = key;
    if (before === undefined || before === key) return;
    const lesson = document.getElementById('lesson');
    lesson?.scrollTo({ top: 0, behavior: 'instant' });
    lesson?.focus({ preventScroll: true });
  }, [key]);
  return null;
}
