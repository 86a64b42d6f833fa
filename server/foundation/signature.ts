// Signs and verifies small values with HMAC-SHA-256 (RFC 2104): grants and cookies. Knows no schema.
import { createHmac, timingSafeEqual } from 'node:crypto';

/** `payload.signature`, both base64url. `purpose` keeps a cookie from passing as a grant. */
export function sign(key: Buffer, purpose: string, payload: string): string {
  const body = Buffer.from(payload, 'utf8').toString('base64url');
  return `${body}.${mac(key, purpose, body)}`;
}

/** The payload, or undefined when the signature is not ours. */
export function verify(key: Buffer, purpose: string, token: string): string | undefined {
  const dot = token.indexOf('.');
  if (dot < 0) return undefined;
  const body = token.slice(0, dot);
  const given = Buffer.from(token.slice(dot + 1), 'base64url');
  const wanted = Buffer.from(mac(key, purpose, body), 'base64url');
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined;
  return Buffer.from(body, 'base64url').toString('utf8');
}

function mac(key: Buffer, purpose: string, body: string): string {
  return createHmac('sha256', key).update(purpose).update('\0').update(body).digest('base64url');
}
