// Everything the kernel says of one process, and the commands that show it, ready to run. Knows no picture.
'use client';

import { X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { ObservedProcess } from '../../../server/protocol/snapshot.ts';
import type { SlotNumber } from '../../lab-client/lab-state.ts';
import type { Moment } from '../../lab-client/xray-store.ts';
import { RunButton } from '../lesson/run-button.tsx';
import { useTexts } from '../texts/use-texts.tsx';
import { plain } from './plain.ts';
import css from './process-detail.module.css';
import { factsOf } from './process-facts.ts';
import { regionOf } from './process-tree.ts';
import { useFocusBack } from './use-focus-back.ts';

type Props = { process: ObservedProcess; moment: Moment; onClose: () => void };

export function ProcessDetail({ process, moment, onClose }: Props) {
  const texts = useTexts().xray;
  const { view, instances } = moment;
  const close = useRef<HTMLButtonElement>(null);
  const card = useRef<HTMLElement>(null);
  useFocusBack(card);
  useEffect(() => close.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    const gone = new AbortController();
    const handleKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') onClose();
    };
    card.current?.addEventListener('keydown', handleKey, gone);
    return () => gone.abort();
  }, [onClose]);
  // In a container the lab's numbers mean nothing: there the course keeps terminal 2 for the lab.
  const hasContainer = Object.values(view.processes).some((one) => regionOf(one, view));
  const terminal: SlotNumber = hasContainer ? 2 : 1;
  const name = plain(process.name);

  return (
    <aside
      ref={card}
      className={css['detail']}
      aria-label={texts.outsideProcess(name, process.pid)}
      data-testid="xray-detail"
    >
      <header>
        <h3>
          {name} <span>{process.pids.join(' › ')}</span>
        </h3>
        <button ref={close} type="button" aria-label={texts.detail.close} onClick={onClose}>
          <X size={17} aria-hidden="true" />
        </button>
      </header>
      <p>{texts.detail.lead}</p>
      <dl>
        {factsOf(process, { view, instances, texts }).map(({ label, value, command }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              {value !== '' && <span className={css['value']}>{value}</span>}
              <span className={css['command']}>
                <code>{command}</code>
                <RunButton quiet terminal={terminal} code={command} />
              </span>
            </dd>
          </div>
        ))}
      </dl>
    </aside>
  );
}
