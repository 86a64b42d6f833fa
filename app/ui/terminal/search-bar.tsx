// Search in one terminal: what to find, which match of how many, on and back. Knows no emulator but its search.
'use client';

import { ChevronDown, ChevronUp, X } from 'lucide-react';
import type { KeyboardEvent, ReactNode } from 'react';
import { useEffect, useRef, useState } from 'react';
import { useTexts } from '../texts/use-texts.tsx';
import type { Matches, ScreenSearch } from './screen-search.ts';
import css from './search-bar.module.css';

const noMatches: Matches = { at: 0, all: 0, hasMore: false };

type Props = { search: ScreenSearch; onClose: () => void };

export function SearchBar({ search, onClose }: Props) {
  const texts = useTexts().deck.search;
  const [text, setText] = useState('');
  const [matches, setMatches] = useState<Matches>(noMatches);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  useEffect(() => {
    const unlisten = search.onMatches(setMatches);
    return () => {
      unlisten();
      search.clear();
    };
  }, [search]);

  function find(next: string): void {
    setText(next);
    if (next === '') {
      search.clear();
      setMatches(noMatches);
    } else search.whileTyping(next);
  }

  function handleKey(event: KeyboardEvent): void {
    if (event.key === 'Escape') onClose();
    else if (event.key === 'Enter' && text !== '') {
      if (event.shiftKey) search.next(text);
      else search.previous(text);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <search className={css['bar']} data-testid="search-bar">
      <input
        ref={input}
        type="text"
        aria-label={texts.label}
        placeholder={texts.label}
        spellCheck={false}
        autoComplete="off"
        value={text}
        onChange={(event) => find(event.target.value)}
        onKeyDown={handleKey}
      />
      <output className={css['count']} data-testid="search-count">
        {text === '' ? '' : matches.all === 0 ? texts.none : texts.count(matches)}
      </output>
      <Step label={texts.previous} onClick={() => search.previous(text)} disabled={text === ''}>
        <ChevronUp size={16} aria-hidden="true" />
      </Step>
      <Step label={texts.next} onClick={() => search.next(text)} disabled={text === ''}>
        <ChevronDown size={16} aria-hidden="true" />
      </Step>
      <Step label={texts.close} onClick={onClose}>
        <X size={16} aria-hidden="true" />
      </Step>
    </search>
  );
}

type StepProps = {
  label: string;
  disabled?: boolean;
  onClick: () => void;
  children: ReactNode;
};

function Step({ label, disabled = false, onClick, children }: StepProps) {
  return (
    <button type="button" aria-label={label} title={label} disabled={disabled} onClick={onClick}>
      {children}
    </button>
  );
}
