// The lab's kernel events on a strip of time: drag back to see what it was like then. Knows no picture.
'use client';

import { useMemo } from 'react';
import { sumUp } from '../../lab-client/sum-up.ts';
import type { Moment } from '../../lab-client/xray-store.ts';
import { useTexts } from '../texts/use-texts.tsx';
import { hueStyle } from './namespace-colour.ts';
import { sayChanges } from './say-changes.ts';
import css from './time-line.module.css';
import { marksOf, momentsOf } from './time-marks.ts';

/** Pixels: where the slider's first and last values stand. */
const HALF_THUMB = 8;

type Props = {
  moments: readonly Moment[];
  /** When checks were earned, in the clock of the moments. */
  earned: readonly number[];
  /** The one that is shown; undefined for now. */
  shown: Moment | undefined;
  onShow: (moment: Moment | undefined) => void;
};

export function TimeLine({ moments, earned, shown, onShow }: Props) {
  const texts = useTexts().xray;
  const marks = useMemo(() => marksOf(moments, earned), [moments, earned]);
  const last = moments.length - 1;
  const newest = moments.at(-1);
  if (newest === undefined || last < 1) return null;
  const at = shown === undefined ? last : moments.indexOf(shown);
  const moment = shown ?? newest;
  const seconds = Math.round((newest.view.at - moment.view.at) / 1000);
  const when = shown === undefined ? texts.timeLine.now : texts.timeLine.ago(seconds);
  const [change] = sayChanges(sumUp(moment.changes), { texts, instances: moment.instances });
  const isEarned = momentsOf(moments, earned).includes(at);
  const said = [change, isEarned && texts.timeLine.earned].filter(Boolean).join(', ');

  return (
    <div className={css['strip']} data-testid="xray-time">
      <div className={css['track']}>
        {marks.map(({ index, kind }) => (
          <i
            key={`${moments[index]?.toldAt} ${kind}`}
            data-kind={kind}
            style={{
              left: `calc(${HALF_THUMB}px + ${index / last} * (100% - ${2 * HALF_THUMB}px))`,
              ...(kind === 'limit' || kind === 'earned' ? {} : hueStyle(kind, 1)),
            }}
          />
        ))}
        <input
          type="range"
          min={0}
          max={last}
          value={at}
          aria-label={texts.timeLine.label}
          aria-valuetext={said === '' ? when : texts.timeLine.at(when, said)}
          onChange={(event) => {
            const index = Number(event.target.value);
            onShow(index === last ? undefined : moments[index]);
          }}
        />
      </div>
      <button type="button" disabled={shown === undefined} onClick={() => onShow(undefined)}>
        {when}
      </button>
    </div>
  );
}
