// How far a step is, as a small disc. Knows no step.
import type { Mark } from './course-map.ts';
import css from './step-mark.module.css';

export function StepMark({ mark }: { mark: Mark }) {
  return (
    <svg className={css['mark']} data-mark={mark} viewBox="0 0 18 18" aria-hidden="true">
      <circle cx="9" cy="9" r="7.25" />
      <path d="M5.4 9.3l2.5 2.5 4.8-5.3" />
    </svg>
  );
}
