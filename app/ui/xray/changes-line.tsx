// What has just changed in the lab, in words, under the picture. Knows no picture.
'use client';

import { sumUp } from '../../lab-client/sum-up.ts';
import type { Moment } from '../../lab-client/xray-store.ts';
import { useTexts } from '../texts/use-texts.tsx';
import css from './changes-line.module.css';
import { sayChanges } from './say-changes.ts';

/** Sentences shown; the others are counted. */
const SENTENCES = 4;

/** `batch` are the moments of the last command, oldest first. */
export function ChangesLine({ batch, fresh }: { batch: readonly Moment[]; fresh: boolean }) {
  const texts = useTexts().xray;
  const last = batch.at(-1);
  const said =
    last === undefined
      ? []
      : sayChanges(sumUp(batch.flatMap(({ changes }) => changes)), {
          texts,
          instances: last.instances,
        });
  const shown = said.slice(0, SENTENCES);
  const more = said.length - shown.length;
  return (
    <output className={css['line']} data-fresh={fresh} data-testid="xray-changes">
      <span className="visually-hidden">{`${texts.change.title}: `}</span>
      {said.length === 0 && (batch.length === 0 ? texts.change.none : texts.change.passed)}
      {shown.join(' · ')}
      {more > 0 && ` · ${texts.change.more(more)}`}
    </output>
  );
}
