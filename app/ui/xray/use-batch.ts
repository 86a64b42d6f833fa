// The moments that belong to the last command: those that followed it, and each other, closely; and whether they
// are still news. Draws nothing.
'use client';

import { useEffect, useState } from 'react';
import { sumUp } from '../../lab-client/sum-up.ts';
import type { Moment } from '../../lab-client/xray-store.ts';

/** Milliseconds for which what has changed is lit. */
const LIT_MS = 2_000;
/** Milliseconds of quiet that tell what a command brings about from what comes later by itself. */
const APART_MS = 1_500;
/** Moments that are looked through for something to say. */
const LOOKED_BACK = 100;
/** Moments of one batch: a loop that never rests must not make it grow. */
const LONGEST = 40;

export type Batch = { moments: readonly Moment[]; lit: readonly Moment[] };

export function useBatch(moments: readonly Moment[]): Batch {
  const changed = moments.filter(({ changes }) => changes.length > 0);
  const last = changed.at(-1);
  const [settled, setSettled] = useState<Moment | undefined>(undefined);
  useEffect(() => {
    if (last === undefined) return;
    const left = last.toldAt + LIT_MS - performance.now();
    const timer = setTimeout(() => setSettled(last), Math.max(0, left));
    return () => clearTimeout(timer);
  }, [last]);

  const batch = lastNews(changed);
  return { moments: batch, lit: last === settled || batch.at(-1) !== last ? [] : batch };
}

/** The last batch of which something is left: what a ping was leaves what was said before it. */
export function lastNews(changed: readonly Moment[]): Moment[] {
  const last = lastBatch(changed);
  let batch = last;
  for (let left = changed.slice(-LOOKED_BACK); batch.length > 0; batch = lastBatch(left)) {
    if (sumUp(batch.flatMap(({ changes }) => changes)).length > 0) return batch;
    left = left.slice(0, -batch.length);
  }
  return last;
}

/** The end of `changed`, oldest first, that one command has brought about. */
export function lastBatch(changed: readonly Moment[]): Moment[] {
  const batch: Moment[] = [];
  for (const moment of changed.toReversed().slice(0, LONGEST)) {
    const later = batch[0] ?? moment;
    const isOfAnother = moment.command !== later.command || later.toldAt - moment.toldAt > APART_MS;
    if (isOfAnother) break;
    batch.unshift(moment);
  }
  return batch;
}
