// Brings what has just changed into the part of a picture that is seen: a container that is drawn below it would be
// news that nobody sees. Draws nothing.
'use client';

import { useEffect } from 'react';
import type { RefObject } from 'react';

/** Pixels around what is lit: the edge of a region, and a glimpse of what is beside it. */
const MARGIN = 20;

type Span = { top: number; bottom: number };

/**
 * Scrolls the box when what is lit in it changes, as far as it must. A picture that somebody is busy with, by pointer
 * or keyboard, stays where it is.
 */
export function useReveal(box: RefObject<HTMLElement | null>, lit: ReadonlySet<string>): void {
  const names = [...lit].join('\n');
  useEffect(() => {
    const element = box.current;
    if (names === '' || element === null || isBusy(element)) return;
    const top = distance(element.getBoundingClientRect(), litIn(element));
    const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (top !== 0) element.scrollBy({ top, behavior: isCalm ? 'instant' : 'smooth' });
  }, [box, names]);
}

function isBusy(box: Element): boolean {
  return box.matches(':hover') || box.contains(document.activeElement);
}

/** From the first of what is lit to the last. */
function litIn(box: Element): Span | undefined {
  const rects = [...box.querySelectorAll('[data-lit="true"]')].map((element) =>
    element.getBoundingClientRect(),
  );
  if (rects.length === 0) return undefined;
  return {
    top: Math.min(...rects.map((rect) => rect.top)) - MARGIN,
    bottom: Math.max(...rects.map((rect) => rect.bottom)) + MARGIN,
  };
}

/** Pixels to scroll down so that all of it is seen, or of what is longer than the box its end, which is the newest. */
function distance(seen: Span, lit: Span | undefined): number {
  if (lit === undefined) return 0;
  const below = lit.bottom - seen.bottom;
  if (below > 0) return Math.ceil(below);
  const above = lit.top - seen.top;
  const isWhole = lit.bottom - lit.top <= seen.bottom - seen.top;
  return above < 0 && isWhole ? Math.floor(above) : 0;
}
