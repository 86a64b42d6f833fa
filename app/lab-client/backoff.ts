// How long a page waits before it connects again. Knows no clock.

const FIRST_MS = 250;
/** A restart of link takes about two seconds: eight are patient without being boring. */
const LONGEST_MS = 8_000;

/** `random` in [0, 1) spreads the return of many pages over a quarter of the time. */
export function backoffMs(attempt: number, random: number): number {
  const whole = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, attempt));
  return Math.round(whole * (1 - 0.25 * random));
}
