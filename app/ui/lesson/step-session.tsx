// Tells link which step is read and the page whether its chapter has the x-ray, and brings the eye and the screen reader to its beginning when it changes.
// Draws nothing.
'use client';

import { useEffect } from 'react';
import type { StepRef } from '../../../server/protocol/ids.ts';
import { useReadStep } from '../../lab-client/hooks.ts';
import { changeView } from '../shell/view-state.ts';

let shown: string | undefined;

export function StepSession({ step, xray }: { step: StepRef; xray: boolean }) {
  useReadStep(step);
  useEffect(() => changeView({ chapterHasXray: xray }), [xray]);
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
