// The mark (a half-open curtain and a prompt behind it) and the name. Knows no page.
import css from './wordmark.module.css';

export function Mark({ size = 30 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" aria-hidden="true">
      <rect width="32" height="32" rx="7" className={css['dark']} />
      <path
        d="M12.6 11.2 17.4 16l-4.8 4.8"
        transform="translate(3.4 1.4)"
        className={css['prompt']}
        strokeWidth="2.6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      <path
        d="M0 7a7 7 0 0 1 7-7h7.6c.4 7.4-2.2 13.6-7.1 18.2C5.3 20.3 4.3 25.5 4.1 32A7 7 0 0 1 0 25.5Z"
        className={css['cloth']}
      />
      <path
        d="M32 7a7 7 0 0 0-7-7h-5.2c.2 5.3 2.3 9.7 5.4 12.6 2.3 2.2 3.5 6.8 3.8 19A7 7 0 0 0 32 25Z"
        className={css['cloth']}
      />
      <path
        d="M4.6 1.5c.5 7-.7 12.2-3.4 16.5M9.8.6c.2 6.6-1.7 12.3-5.3 16.9M27.8 1.7c.2 5 1 8.6 2.9 11.6M23.5.7c.2 4.3 1.3 7.7 3.5 10.5"
        className={css['fold']}
        strokeWidth="1.1"
        strokeLinecap="round"
      />
    </svg>
  );
}

export function Wordmark() {
  return (
    <span className={css['wordmark']}>
      <Mark />
      <span className={css['name']}>Coulisse</span>
    </span>
  );
}
