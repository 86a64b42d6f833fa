// What the moment that is shown is compared with, so that a lab at rest is drawn at rest: link tells nothing while
// nothing changes. Draws nothing.
'use client';

import { useEffect, useState } from 'react';
import type { Moment } from '../../lab-client/xray-store.ts';

/** Milliseconds of silence that mean rest: twice what link lets pass between looks (OBSERVE_SLOWLY_MS in its
 * limits), as a look may be late on a machine that is busy. */
const REST_MS = 2_000;

/** `past` is the moment that is looked back at; undefined for now. */
export function useBefore(
  moments: readonly Moment[],
  past: Moment | undefined,
): Moment | undefined {
  const last = moments.at(-1);
  const [rested, setRested] = useState<Moment | undefined>(undefined);
  useEffect(() => {
    if (last === undefined) return;
    return whenAtRest(last, () => setRested(last));
  }, [last]);
  return beforeOf(moments, { past, rested });
}

/** Calls once when nothing has followed `last` for long enough; returns how to call it off. */
export function whenAtRest(last: Moment, call: () => void): () => void {
  const left = last.toldAt + REST_MS - performance.now();
  const timer = setTimeout(call, Math.max(0, left));
  return () => clearTimeout(timer);
}

/** At rest, what was is what is: nothing is used and nothing moves. A moment of the past stays as it was. */
export function beforeOf(
  moments: readonly Moment[],
  { past, rested }: { past: Moment | undefined; rested: Moment | undefined },
): Moment | undefined {
  if (past !== undefined) return moments[moments.indexOf(past) - 1];
  return moments.at(-1) === rested ? rested : moments.at(-2);
}

/** The same of a recording whose moment of that index is played; `now` is of what is played, as the moments are. */
export function beforePlayed(
  moments: readonly Moment[],
  { index, now }: { index: number; now: number },
): Moment | undefined {
  const moment = moments[index];
  const isAtRest = moment !== undefined && now - moment.toldAt >= REST_MS;
  return isAtRest ? moment : moments[index - 1];
}
