// POST /api/lab: gives a learner a name, a lab and a grant for it. Whether there is room for the lab is
// keeper's to say. Knows no database and no WebSocket.
import { z } from 'zod';
import { sign } from '../foundation/signature.ts';
import { GRANT_LIFETIME_MS, type Grant } from '../protocol/grant.ts';
import { labIdSchema } from '../protocol/ids.ts';
import type { LabAnswer } from '../protocol/web-api.ts';
import { readJsonBody } from './http/body.ts';
import type { FrontDoor } from './http/front-door.ts';
import { RateLimit } from './http/rate-limit.ts';
import { Refusal, tooMany } from './http/refusal.ts';
import { sendJson } from './http/replies.ts';
import type { Handler } from './http/router.ts';
import { readLearner, writeLearner } from './identity.ts';
import { newLabId, newLearnerId } from '../foundation/random-id.ts';
import type { Store } from './store/store.ts';

const PURPOSE = 'grant';

/** A class of forty behind one address opens and reloads at once; after that, two a second. Each request
 * without a cookie adds a row, so this is also what bounds the growth of the store. */
const REQUESTS = { burst: 120, perSecond: 2 };

const labRequestSchema = z.strictObject({
  /** The lab that the page has on its screen: must be this learner's. */
  lab: labIdSchema.optional(),
  /** True for a lab of another name, once the old one was reset. */
  fresh: z.boolean().optional(),
});

export type LabDesk = {
  key: Buffer;
  store: Store;
  door: FrontDoor;
  /** Milliseconds since the epoch. */
  now: () => number;
};

export function createLabHandler({ key, store, door, now }: LabDesk): Handler {
  const rate = new RateLimit(REQUESTS);
  return async ({ request, response, visitor }) => {
    if (!door.isFromOwnPage(request, visitor)) throw foreignOrigin();
    const wait = rate.take(visitor.address);
    if (wait > 0) throw tooMany(wait);
    const wish = parseWish(await readJsonBody(request));

    const known = readLearner(request.headers.cookie, key);
    const learner = known ?? newLearnerId();
    if (
      wish.lab !== undefined &&
      !(known !== undefined && (await store.ownsLab(known, wish.lab)))
    ) {
      throw notYourLab();
    }
    const at = now();
    const lab = await store.takeLab({
      learner,
      candidate: newLabId(),
      fresh: wish.fresh ?? false,
      at,
    });
    const grant: Grant = {
      lab,
      learner,
      role: 'learner',
      address: visitor.address,
      expires: at + GRANT_LIFETIME_MS,
    };
    const answer: LabAnswer = {
      lab,
      grant: sign(key, PURPOSE, JSON.stringify(grant)),
      expires: grant.expires,
    };
    response.setHeader('set-cookie', writeLearner(learner, key, visitor.secure));
    sendJson(response, 200, answer);
  };
}

/** What web answers when it runs without link and keeper. */
export const refuseLabs: Handler = () => {
  throw noLabs();
};

export function noLabs(): Refusal {
  return new Refusal({
    status: 503,
    code: 'no-labs',
    sentence:
      'This server shows the lessons only: to get labs, run npm start as root on a Linux machine (docs/OPERATING.md).',
  });
}

export function foreignOrigin(): Refusal {
  return new Refusal({
    status: 403,
    code: 'foreign-origin',
    sentence:
      'Only a page of this server may do that; further origins are listed in COULISSE_ORIGINS.',
  });
}

function notYourLab(): Refusal {
  return new Refusal({
    status: 403,
    code: 'not-your-lab',
    sentence: 'That lab is not yours: reload the page to get your own.',
  });
}

function parseWish(body: unknown): z.infer<typeof labRequestSchema> {
  const parsed = labRequestSchema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new Refusal({
    status: 400,
    code: 'bad-body',
    sentence: `The request body does not fit: ${z.prettifyError(parsed.error)}.`,
  });
}
