// GET /api/status, /healthz and /readyz: what runs, for pages and for whoever watches the server. Knows
// no socket.
import type { StatusAnswer } from '../protocol/web-api.ts';
import { sendJson, sendText } from './http/replies.ts';
import type { Handler } from './http/router.ts';
import type { Occupancy } from './link-feed.ts';

export type StatusDesk = {
  /** Undefined when web runs alone. */
  labs: { occupancy(): Occupancy | undefined } | undefined;
  /** True once Next can answer. */
  arePagesReady: () => boolean;
};

export function createStatusHandler({ labs }: StatusDesk): Handler {
  return ({ response }) => {
    const occupancy = labs?.occupancy();
    const answer: StatusAnswer = {
      mode: labs === undefined ? 'lessons' : 'labs',
      ready: occupancy?.ready ?? false,
      labs: occupancy?.labs ?? 0,
      capacity: occupancy?.capacity ?? 0,
      waiting: occupancy?.waiting ?? 0,
    };
    sendJson(response, 200, answer);
  };
}

/** 200 as long as the process answers: restart it when it does not. */
export const answerHealth: Handler = ({ response }) => sendText(response, 200, 'ok');

/** 200 when everything that this server offers can be had, else 503 naming what is missing. */
export function createReadinessHandler({ labs, arePagesReady }: StatusDesk): Handler {
  return ({ response }) => {
    const missing: string[] = [];
    if (!arePagesReady()) missing.push('pages');
    if (labs !== undefined && labs.occupancy()?.ready !== true) missing.push('labs');
    if (missing.length === 0) sendText(response, 200, 'ready');
    else sendText(response, 503, `not ready: ${missing.join(', ')}`);
  };
}
