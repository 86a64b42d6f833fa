// The x-ray: the kernel's view of what the learner just did, in several pictures of the same moment.
// Knows no socket and no terminal.
'use client';

import { ScanEye } from 'lucide-react';
import { useRef, useState } from 'react';
import { useEarnedTimes, useLabDrawn, useMoments } from '../../lab-client/xray-hooks.ts';
import { keysOf } from '../../lab-client/xray-changes.ts';
import type { Moment } from '../../lab-client/xray-store.ts';
import { useTexts } from '../texts/use-texts.tsx';
import type { XrayTab } from '../texts/xray-texts.ts';
import { CapabilityGrid } from './capability-grid.tsx';
import { ChangesLine } from './changes-line.tsx';
import { GroupBars } from './group-bars.tsx';
import { MountTables } from './mount-tables.tsx';
import { NamespaceTable } from './namespace-table.tsx';
import { NetworkPicture } from './network-picture.tsx';
import { ProcessDetail } from './process-detail.tsx';
import { ProcessPicture } from './process-picture.tsx';
import { TabList } from './tab-list.tsx';
import { TimeLine } from './time-line.tsx';
import { useBatch } from './use-batch.ts';
import { useBefore } from './use-before.ts';
import { useReveal } from './use-reveal.ts';
import css from './xray-panel.module.css';

export function XrayPanel() {
  const moments = useMoments();
  const earned = useEarnedTimes();
  const texts = useTexts().xray;
  const [tab, setTab] = useState<XrayTab>('processes');
  // Elsewhere what changes in the networks is told too, but not each packet that they count.
  useLabDrawn(tab === 'network');
  const [selected, setSelected] = useState<string | undefined>(undefined);
  const [wished, setWished] = useState<Moment | undefined>(undefined);
  const batch = useBatch(moments);
  // A moment that is too old to be kept, or of another lab, is no longer there to be shown.
  const past = wished !== undefined && moments.includes(wished) ? wished : undefined;
  const moment = past ?? moments.at(-1);
  const before = useBefore(moments, past);
  const fresh = past === undefined ? batch.lit : [past];
  const lit = keysOf(fresh.flatMap(({ changes }) => changes));
  const body = useRef<HTMLDivElement>(null);
  useReveal(body, lit);
  const process = selected === undefined ? undefined : moment?.view.processes[selected];

  return (
    <section className={css['panel']} id="xray" aria-label={texts.title} data-testid="xray">
      <header className={css['bar']}>
        <h2>
          <ScanEye size={16} aria-hidden="true" />
          <span>{texts.title}</span>
        </h2>
        <TabList tab={tab} name="xray" onChange={setTab} />
      </header>
      <div className={css['window']}>
        <div
          // Another picture begins at its top.
          key={tab}
          ref={body}
          className={css['body']}
          role="tabpanel"
          id="xray-tabpanel"
          aria-label={texts.tabs[tab]}
          // A scroll box without a control in it must be reached by keyboard.
          tabIndex={0}
        >
          {moment === undefined ? (
            <p className={css['waiting']}>{texts.waiting}</p>
          ) : (
            <Picture
              tab={tab}
              moment={moment}
              before={before}
              lit={lit}
              selected={selected}
              onSelect={setSelected}
            />
          )}
        </div>
        {moment !== undefined && process !== undefined && (
          <ProcessDetail
            key={selected}
            process={process}
            moment={moment}
            onClose={() => setSelected(undefined)}
          />
        )}
      </div>
      <TimeLine moments={moments} earned={earned} shown={past} onShow={setWished} />
      <ChangesLine batch={past === undefined ? batch.moments : [past]} fresh={fresh.length > 0} />
    </section>
  );
}

type PictureProps = {
  tab: XrayTab;
  moment: Moment;
  before: Moment | undefined;
  lit: ReadonlySet<string>;
  selected: string | undefined;
  onSelect: (key: string) => void;
};

/** One of the pictures of a moment. */
export function Picture({ tab, moment, before, lit, selected, onSelect }: PictureProps) {
  switch (tab) {
    case 'processes':
      return <ProcessPicture moment={moment} lit={lit} selected={selected} onSelect={onSelect} />;
    case 'namespaces':
      return <NamespaceTable moment={moment} lit={lit} onSelect={onSelect} />;
    case 'mounts':
      return <MountTables moment={moment} lit={lit} />;
    case 'network':
      return <NetworkPicture moment={moment} before={before} lit={lit} />;
    case 'groups':
      return <GroupBars moment={moment} before={before} lit={lit} />;
    case 'capabilities':
      return <CapabilityGrid moment={moment} />;
  }
}
