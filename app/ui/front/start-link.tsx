// Start, or go on where this browser was: the lab is asked for while the lesson's page is on its way.
// Knows no lesson.
'use client';

import { ArrowRight } from 'lucide-react';
import Link from 'next/link';
import { useEffect, useState } from 'react';
import { recall } from '../../lab-client/browser-storage.ts';
import { startLab } from '../../lab-client/session.ts';
import { useLanguage, useTexts } from '../texts/use-texts.tsx';
import css from './start-link.module.css';

const placePattern = /^[a-z0-9-]+\/[a-z0-9-]+\/[a-z0-9-]+$/;

export function StartLink({ first }: { first: string }) {
  const texts = useTexts().front;
  const language = useLanguage();
  const [place, setPlace] = useState<string | undefined>(undefined);
  useEffect(() => {
    const kept = recall('place');
    if (kept !== undefined && placePattern.test(kept)) setPlace(kept);
  }, []);

  return (
    <Link
      className={css['start']}
      href={place === undefined ? first : `/${language}/${place}`}
      data-testid="start"
      onClick={startLab}
    >
      {place === undefined ? texts.start : texts.resume}
      <ArrowRight size={20} aria-hidden="true" />
    </Link>
  );
}
