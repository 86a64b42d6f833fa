// The tabs of the x-ray, by mouse and by arrow keys (WAI-ARIA Authoring Practices, tabs). Knows no picture.
'use client';

import type { KeyboardEvent } from 'react';
import { useTexts } from '../texts/use-texts.tsx';
import type { XrayTab } from '../texts/xray-texts.ts';
import css from './tab-list.module.css';

const tabs: readonly XrayTab[] = [
  'processes',
  'namespaces',
  'mounts',
  'network',
  'groups',
  'capabilities',
];

type Props = {
  tab: XrayTab;
  /** Of this x-ray, in ids: there may be another one on the page. */
  name: string;
  onChange: (tab: XrayTab) => void;
};

export function TabList({ tab, name, onChange }: Props) {
  const texts = useTexts().xray;

  function handleKey(event: KeyboardEvent<HTMLDivElement>): void {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
    if (next === undefined) return;
    event.preventDefault();
    onChange(next);
    document.getElementById(`${name}-tab-${next}`)?.focus();
  }

  return (
    <div
      className={css['tabs']}
      role="tablist"
      tabIndex={-1}
      aria-label={texts.title}
      onKeyDown={handleKey}
    >
      {tabs.map((one) => (
        <button
          key={one}
          type="button"
          role="tab"
          id={`${name}-tab-${one}`}
          aria-selected={one === tab}
          aria-controls={`${name}-tabpanel`}
          tabIndex={one === tab ? 0 : -1}
          onClick={() => onChange(one)}
        >
          {texts.tabs[one]}
        </button>
      ))}
    </div>
  );
}
