// The goals of a step, ticked as the kernel comes to show them. Knows no expression: link judges.
'use client';

import { useLab } from '../../lab-client/hooks.ts';
import type { Place } from '../../lab-client/lab-state.ts';
import { earnedKey } from '../../lab-client/lab-state.ts';
import { send } from '../../lab-client/session.ts';
import { useTexts } from '../texts/use-texts.tsx';
import type { CheckView } from './check-view.ts';
import css from './checks.module.css';
import { InlineText } from './inline-text.tsx';
import { sayReason } from './say-reason.ts';
import { TickAnnouncer } from './tick-announcer.tsx';

type Props = { place: Place; checks: CheckView[] };

export function Checks({ place, checks }: Props) {
  const texts = useTexts().checks;
  const live = useLab((state) => state.connection.phase === 'live');
  return (
    <section className={css['checks']} aria-labelledby="checks-title">
      <header>
        <h2 id="checks-title">{texts.title}</h2>
        <button
          type="button"
          className={css['now']}
          disabled={!live}
          onClick={() => send({ type: 'check-now' })}
        >
          {texts.now}
        </button>
      </header>
      <ul>
        {checks.map((check) => (
          <CheckItem key={check.id} place={place} check={check} />
        ))}
      </ul>
      <TickAnnouncer place={place} checks={checks} />
    </section>
  );
}

function CheckItem({ place, check }: { place: Place; check: CheckView }) {
  const texts = useTexts().checks;
  const seen = useLab((state) => state.earned[earnedKey(place, check.id)]);
  const holds = useLab((state) =>
    state.judged?.step.step === place.step ? state.judged.checks[check.id]?.holds : undefined,
  );
  const reason = useLab((state) =>
    state.judged?.step.step === place.step
      ? state.judged.reasons.find((one) => one.check === check.id)
      : undefined,
  );
  const reasons = useTexts().reasons;
  const earned = seen !== undefined;
  // Earned without parameters: by an earlier lab whose sentence is not known any more.
  const hasSentence = earned && (!/\{[a-z]/.test(check.seen) || Object.keys(seen).length > 0);

  return (
    <li
      className={css['item']}
      data-testid="check"
      data-check={check.id}
      data-earned={earned}
      data-holds={holds}
    >
      <svg viewBox="0 0 28 28" aria-hidden="true">
        <rect x="2" y="2" width="24" height="24" rx="7" pathLength="100" />
        <path d="M8 14.6l4.3 4.4L20.2 9.6" pathLength="100" />
      </svg>
      <div>
        <p className={css['goal']}>
          <span className="visually-hidden">{`${earned ? texts.earned : texts.notYet}: `}</span>
          <InlineText text={check.goal} />
        </p>
        {hasSentence && (
          <p className={css['seen']}>
            <InlineText text={check.seen} parameters={seen} />
          </p>
        )}
        {!earned && reason !== undefined && (
          <details className={css['why']} data-testid="why">
            <summary>{reasons.ask}</summary>
            <p>
              <InlineText text={sayReason(reason, reasons)} />
            </p>
          </details>
        )}
        {earned && holds === false && <p className={css['past']}>{texts.noLonger}</p>}
      </div>
    </li>
  );
}
