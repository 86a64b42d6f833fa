// Start, or go on where this browser was: the lab is asked for while the lesson's page is on its way.
// Knows no lesson.
'use client';

import { ArrowRight } from 'lucide-react';
import Link from 'next/link';
import { useEffect } from 'react';
import { useRecalled } from '../../lab-client/hooks.ts';
import { startLab } from '../../lab-client/session.ts';
import { loadScreenCode } from '../terminal/mount-screen.ts';
import { useLanguage, useTexts } from '../texts/use-texts.tsx';
import css from './start-link.module.css';

const placePattern = /^[a-z0-9-]+\/[a-z0-9-]+\/[a-z0-9-]+$/;

export function StartLink({ first }: { first: string }) {
  const texts = useTexts().front;
  const language = useLanguage();
  useEffect(() => void loadScreenCode(), []);
  const kept = useRecalled('place');
  const place = kept !== undefined && placePattern.test(kept) ? kept : undefined;

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
