// Verifies what web signed for a page. Knows no session.
import { verify } from '../foundation/signature.ts';
import { closeReasons, type CloseReason } from '../protocol/close-codes.ts';
import { grantSchema, type Grant } from '../protocol/grant.ts';

export type GrantReader = (token: string, lab: string) => { grant: Grant } | { fatal: CloseReason };

/** A reader of grants signed with `key`. */
export function createGrantReader(key: Buffer): GrantReader {
  return (token, lab) => {
    const payload = verify(key, 'grant', token);
    if (payload === undefined) return { fatal: closeReasons.grantInvalid };
    const parsed = grantSchema.safeParse(parseJson(payload));
    if (!parsed.success) return { fatal: closeReasons.grantInvalid };
    if (parsed.data.expires <= Date.now()) return { fatal: closeReasons.grantExpired };
    if (parsed.data.lab !== lab) return { fatal: closeReasons.notYours };
    return { grant: parsed.data };
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
