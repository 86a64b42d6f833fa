// Asks web's HTTP API, and says why when it refuses. Knows no socket and no state.
import type { z } from 'zod';
import type { LabAnswer, ProgressAnswer, StatusAnswer } from '../../server/protocol/web-api.ts';
import {
  labAnswerSchema,
  progressAnswerSchema,
  statusAnswerSchema,
} from '../../server/protocol/web-api.ts';

/** forbidden: web will not, whatever we do · unavailable: it may later. */
export type Refusal = 'forbidden' | 'unavailable';
export type Asked<T> = { answer: T } | { refusal: Refusal };

/** A page that has lost its lab asks this before it says so. */
const STATUS_WITHIN_MS = 3_000;

async function ask<T>(path: string, init: RequestInit, schema: z.ZodType<T>): Promise<Asked<T>> {
  try {
    const response = await fetch(path, { credentials: 'same-origin', cache: 'no-store', ...init });
    if (!response.ok) {
      const ours = response.status === 401 || response.status === 403;
      return { refusal: ours ? 'forbidden' : 'unavailable' };
    }
    const parsed = schema.safeParse(await response.json());
    return parsed.success ? { answer: parsed.data } : { refusal: 'unavailable' };
  } catch {
    return { refusal: 'unavailable' };
  }
}

/** The learner's lab and a grant for it; gives the browser its cookie when it has none. `fresh` asks for a
 * lab of another name, once this page has reset the old one. */
export function askLab(fresh: boolean, signal: AbortSignal): Promise<Asked<LabAnswer>> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify(fresh ? { fresh } : {});
  return ask('/api/lab', { method: 'POST', headers, body, signal }, labAnswerSchema);
}

export function askStatus(): Promise<Asked<StatusAnswer>> {
  return ask('/api/status', { signal: AbortSignal.timeout(STATUS_WITHIN_MS) }, statusAnswerSchema);
}

export function askProgress(course: string): Promise<Asked<ProgressAnswer>> {
  const query = new URLSearchParams({ course });
  return ask(`/api/progress?${query.toString()}`, {}, progressAnswerSchema);
}
