// What the lab looked like while its terminal was recorded, at the moment that is played. Knows no player.
'use client';

import { useState } from 'react';
import type { Moment } from '../../lab-client/xray-store.ts';
import { keysOf } from '../../lab-client/xray-changes.ts';
import { useTexts } from '../texts/use-texts.tsx';
import type { XrayTab } from '../texts/xray-texts.ts';
import { ChangesLine } from './changes-line.tsx';
import css from './recorded-lab.module.css';
import { TabList } from './tab-list.tsx';
import { beforePlayed } from './use-before.ts';
import { Picture } from './xray-panel.tsx';

/** Milliseconds of what is played for which a change is lit. */
const LIT_MS = 2_000;
const NAME = 'recorded-xray';

/** `now` in milliseconds of what is played; the moments were told in the same. */
export function RecordedLab({ moments, now }: { moments: readonly Moment[]; now: number }) {
  const texts = useTexts().xray;
  const [tab, setTab] = useState<XrayTab>('processes');
  const index = moments.findLastIndex(({ toldAt }) => toldAt <= now);
  const moment = moments[index] ?? moments[0];
  if (moment === undefined) return null;
  const isFresh = now - moment.toldAt < LIT_MS;
  return (
    <section className={css['lab']} aria-label={texts.title} data-testid={NAME}>
      <TabList tab={tab} name={NAME} onChange={setTab} />
      <div
        key={tab}
        className={css['body']}
        role="tabpanel"
        id={`${NAME}-tabpanel`}
        aria-label={texts.tabs[tab]}
        // A scroll box without a control in it must be reached by keyboard.
        tabIndex={0}
      >
        <Picture
          tab={tab}
          moment={moment}
          before={beforePlayed(moments, { index, now })}
          lit={isFresh ? keysOf(moment.changes) : new Set()}
          selected={undefined}
          onSelect={() => undefined}
        />
      </div>
      <ChangesLine batch={[moment]} fresh={isFresh} />
    </section>
  );
}
