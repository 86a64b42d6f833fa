// Who a learner is: a random name in a signed cookie, no account. Knows no store and no lab.
import { sign, verify } from '../foundation/signature.ts';
import { learnerIdSchema, type LearnerId } from '../protocol/ids.ts';

const COOKIE = 'coulisse';
const PURPOSE = 'cookie';
/** Browsers cap a cookie's life at 400 days; each answer about a lab renews it. */
const LIFETIME_SECONDS = 365 * 24 * 60 * 60;

/** The learner of a Cookie header, or undefined when none of its cookies was signed by us. */
export function readLearner(cookieHeader: string | undefined, key: Buffer): LearnerId | undefined {
  for (const value of cookieValues(cookieHeader, COOKIE)) {
    const learner = learnerIdSchema.safeParse(verify(key, PURPOSE, value));
    if (learner.success) return learner.data;
  }
  return undefined;
}

/** A Set-Cookie value. `secure` when the browser came by https. */
export function writeLearner(learner: LearnerId, key: Buffer, secure: boolean): string {
  const attributes = ['Path=/', `Max-Age=${LIFETIME_SECONDS}`, 'HttpOnly', 'SameSite=Lax'];
  if (secure) attributes.push('Secure');
  return [`${COOKIE}=${sign(key, PURPOSE, learner)}`, ...attributes].join('; ');
}

/** All values of the cookies of that name, in the browser's order (RFC 6265 section 5.4). */
export function cookieValues(header: string | undefined, name: string): string[] {
  return (header ?? '').split(';').flatMap((pair) => {
    const [key = '', ...value] = pair.split('=');
    return key.trim() === name ? [value.join('=').trim()] : [];
  });
}
