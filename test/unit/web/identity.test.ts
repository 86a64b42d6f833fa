// The learner's cookie: what it says to the browser, and which ones are believed.
import { describe, expect, it } from 'vitest';
import { sign } from '../../../server/foundation/signature.ts';
import { learnerIdSchema } from '../../../server/protocol/ids.ts';
import { readLearner, writeLearner } from '../../../server/web/identity.ts';
import { newLabId, newLearnerId } from '../../../server/foundation/random-id.ts';
import { labIdSchema } from '../../../server/protocol/ids.ts';

const key = Buffer.alloc(32, 1);
const learner = newLearnerId();
const cookie = writeLearner(learner, key, false).split(';')[0] ?? '';

describe('the cookie', () => {
  it('can be read neither by scripts nor sent by other sites, lasts a year', () => {
    expect(writeLearner(learner, key, false)).toMatch(
      /^coulisse=[\w-]+\.[\w-]+; Path=\/; Max-Age=31536000; HttpOnly; SameSite=Lax$/,
    );
  });

  it('is for https only when the browser came by https', () => {
    expect(writeLearner(learner, key, true)).toMatch(/; Secure$/);
  });

  it('names the learner again', () => {
    expect(readLearner(cookie, key)).toBe(learner);
    expect(readLearner(`a=b; ${cookie}; c`, key)).toBe(learner);
  });

  it('is found behind one that somebody else set under the same name', () => {
    expect(readLearner(`coulisse=forged.forged; ${cookie}`, key)).toBe(learner);
  });

  it.each([
    ['no header', undefined],
    ['no value', 'coulisse='],
    ['no signature', `coulisse=${Buffer.from(learner).toString('base64url')}`],
    ['another key', writeLearner(learner, Buffer.alloc(32, 2), false).split(';')[0]],
    ['a grant under the same key', `coulisse=${sign(key, 'grant', learner)}`],
    ['a signed value that is no learner', `coulisse=${sign(key, 'cookie', '../../etc')}`],
    ['a changed letter', cookie.replace(/.$/, (letter) => (letter === 'A' ? 'Q' : 'A'))],
    ['another name', cookie.replace('coulisse', 'coulisse2')],
  ])('is not believed with %s', (_, header) => {
    expect(readLearner(header, key)).toBeUndefined();
  });
});

describe('random names', () => {
  it('have the shape that the protocol asks for, and differ', () => {
    const learners = Array.from({ length: 100 }, newLearnerId);
    for (const one of learners) learnerIdSchema.parse(one);
    expect(new Set(learners).size).toBe(100);
    labIdSchema.parse(newLabId());
  });
});
