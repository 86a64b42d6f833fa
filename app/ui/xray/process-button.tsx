// One process in the picture: its number here, its name, and what sets it apart. Knows no layout.
'use client';

import type { ReactNode } from 'react';
import type { ObservedProcess } from '../../../server/protocol/snapshot.ts';
import { useTexts } from '../texts/use-texts.tsx';
import { plain } from './plain.ts';
import css from './process-button.module.css';

type Props = {
  process: ObservedProcess;
  /** Its number as it is called on this side. */
  pid: number;
  label: string;
  lit: boolean;
  selected: boolean;
  children?: ReactNode;
  onSelect: () => void;
};

export function ProcessButton({ process, pid, label, lit, selected, children, onSelect }: Props) {
  const texts = useTexts().xray;
  const words = plain(process.command.slice(1).join(' '));
  return (
    <button
      type="button"
      className={css['process']}
      aria-label={label}
      aria-pressed={selected}
      title={plain(process.command.join(' ')) || plain(process.name)}
      data-lit={lit}
      data-zombie={process.state === 'Z'}
      data-testid="xray-process"
      onClick={onSelect}
    >
      <span className={css['pid']}>{pid}</span>
      <span className={css['name']}>{plain(process.name)}</span>
      {process.state === 'Z' ? (
        <span className={css['words']}>{texts.zombie}</span>
      ) : (
        <span className={css['words']}>{words}</span>
      )}
      {children}
    </button>
  );
}
