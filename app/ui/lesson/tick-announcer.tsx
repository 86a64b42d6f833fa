// Says each new tick to a screen reader, once, and none of those earned before. Draws nothing that is seen.
'use client';

import { useEffect, useRef, useState } from 'react';
import { useLab } from '../../lab-client/hooks.ts';
import type { Place } from '../../lab-client/lab-state.ts';
import { earnedKey } from '../../lab-client/lab-state.ts';
import { useTexts } from '../texts/use-texts.tsx';
import type { CheckView } from './check-view.ts';
import { parseInline, plainText } from './inline.ts';

export function TickAnnouncer({ place, checks }: { place: Place; checks: CheckView[] }) {
  const texts = useTexts().checks;
  const earned = useLab((state) => state.earned);
  const judged = useLab((state) => state.judged?.step.step === place.step);
  const known = useRef<ReadonlySet<string> | undefined>(undefined);
  const [said, setSaid] = useState('');

  useEffect(() => {
    const now = new Set(
      checks.filter((check) => earnedKey(place, check.id) in earned).map((check) => check.id),
    );
    const before = known.current;
    // Until link has judged once, what comes is the past.
    if (judged) known.current = now;
    if (before === undefined) return;
    const fresh = checks.filter((check) => now.has(check.id) && !before.has(check.id));
    if (fresh.length === 0) return;
    const sentences = fresh.map((check) =>
      texts.announce(
        plainText(parseInline(check.goal)),
        plainText(parseInline(check.seen, earned[earnedKey(place, check.id)])),
      ),
    );
    const all = now.size === checks.length ? ` ${texts.allDone}` : '';
    setSaid(sentences.join(' ') + all);
  }, [earned, judged, checks, place, texts]);

  return (
    <p className="visually-hidden" aria-live="polite" data-testid="announcer">
      {said}
    </p>
  );
}
