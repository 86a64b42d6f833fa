// POST /api/lab and GET /api/progress, asked from outside: answers and every refusal.
import { describe, expect, it } from 'vitest';
import { progressAnswerSchema } from '../../server/protocol/web-api.ts';
import { sign } from '../../server/foundation/signature.ts';
import { GRANT_LIFETIME_MS } from '../../server/protocol/grant.ts';
import { newLabId } from '../../server/foundation/random-id.ts';
import { readLearner } from '../../server/web/identity.ts';
import { openSqliteStore } from '../../server/web/store/sqlite-store.ts';
import { join } from 'node:path';
import {
  ask,
  askForLab,
  codeOf,
  cookieOf,
  grantOf,
  labAnswerOf,
  KEY,
  startTestWeb,
  temporaryDirectory,
} from '../unit/web/web-under-test.ts';

describe('POST /api/lab', () => {
  it('makes a learner, a lab and a grant of a minute for whoever comes without a cookie', async () => {
    const { port } = await startTestWeb();
    const before = Date.now();
    const reply = await askForLab(port);
    expect(reply.status).toBe(200);
    expect(reply.headers['cache-control']).toBe('no-store');
    const answer = labAnswerOf(reply);
    const grant = grantOf(answer.grant);
    expect(grant).toEqual({
      lab: answer.lab,
      learner: readLearner(cookieOf(reply), KEY),
      role: 'learner',
      address: '127.0.0.1',
      expires: answer.expires,
    });
    expect(answer.expires - before).toBeGreaterThanOrEqual(GRANT_LIFETIME_MS);
    expect(answer.expires - before).toBeLessThan(GRANT_LIFETIME_MS + 10_000);
  });

  it('gives the same lab to the same cookie, also after a restart of web', async () => {
    const directory = temporaryDirectory();
    const first = await startTestWeb({}, { directory });
    const reply = await askForLab(first.port);
    const cookie = cookieOf(reply);
    await first.stop();
    const second = await startTestWeb({}, { directory });
    const again = await askForLab(second.port, { headers: { cookie } });
    expect(labAnswerOf(again).lab).toBe(labAnswerOf(reply).lab);
    expect(cookieOf(again)).toBe(cookie);
  });

  it('gives another lab only to a learner who asks for a fresh one', async () => {
    const { port } = await startTestWeb();
    const reply = await askForLab(port);
    const headers = { cookie: cookieOf(reply) };
    const fresh = await askForLab(port, { headers, body: '{"fresh":true}' });
    const later = await askForLab(port, { headers, body: '{"fresh":false}' });
    expect(labAnswerOf(fresh).lab).not.toBe(labAnswerOf(reply).lab);
    expect(labAnswerOf(later).lab).toBe(labAnswerOf(fresh).lab);
  });

  it('answers with the lab of now to a page that still shows the learner’s earlier one', async () => {
    const { port } = await startTestWeb();
    const reply = await askForLab(port);
    const headers = { cookie: cookieOf(reply) };
    const fresh = await askForLab(port, { headers, body: '{"fresh":true}' });
    const body = JSON.stringify({ lab: labAnswerOf(reply).lab });
    const late = await askForLab(port, { headers, body });
    expect(labAnswerOf(late).lab).toBe(labAnswerOf(fresh).lab);
  });

  it('refuses another learner’s lab, and one that never was, in the same words', async () => {
    const { port } = await startTestWeb();
    const theirs = labAnswerOf(await askForLab(port)).lab;
    const headers = { cookie: cookieOf(await askForLab(port)) };
    const replies = await Promise.all([
      askForLab(port, { headers, body: JSON.stringify({ lab: theirs }) }),
      askForLab(port, { headers, body: JSON.stringify({ lab: newLabId() }) }),
      askForLab(port, { body: JSON.stringify({ lab: theirs }) }),
    ]);
    expect(replies.map((reply) => reply.status)).toEqual([403, 403, 403]);
    expect(replies.map(codeOf)).toEqual(['not-your-lab', 'not-your-lab', 'not-your-lab']);
    expect(new Set(replies.map((reply) => reply.text)).size).toBe(1);
    expect(replies.every((reply) => reply.headers['set-cookie'] === undefined)).toBe(true);
  });

  it('gives a new learner to a forged cookie', async () => {
    const { port } = await startTestWeb();
    const victim = readLearner(cookieOf(await askForLab(port)), KEY) ?? '';
    const forged = `coulisse=${sign(Buffer.alloc(32, 8), 'cookie', victim)}`;
    const reply = await askForLab(port, { headers: { cookie: forged } });
    expect(reply.status).toBe(200);
    expect(readLearner(cookieOf(reply), KEY)).not.toBe(victim);
  });

  it.each([
    ['a foreign origin', { origin: 'https://evil.example' }],
    ['an origin of another port', { origin: 'http://localhost:1' }],
    ['an origin of another scheme', {}, 'https'],
    ['the origin null', { origin: 'null' }],
    [
      'a foreign origin that says same-origin',
      {
        origin: 'https://evil.example',
        'sec-fetch-site': 'same-origin',
      },
    ],
    ['no origin and a cross-site fetch', { 'sec-fetch-site': 'cross-site' }, ''],
    ['no origin and a same-site fetch', { 'sec-fetch-site': 'same-site' }, ''],
    ['neither origin nor fetch site', {}, ''],
  ])('refuses %s', async (_, headers, scheme?: string) => {
    const { port } = await startTestWeb();
    const origin =
      scheme === undefined || scheme === '' ? {} : { origin: `${scheme}://localhost:${port}` };
    const reply = await ask(port, '/api/lab', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...origin, ...headers },
      body: '{}',
    });
    expect([reply.status, codeOf(reply)]).toEqual([403, 'foreign-origin']);
    expect(reply.headers['set-cookie']).toBeUndefined();
  });

  it('takes a same-origin fetch of a browser that sends no Origin', async () => {
    const { port } = await startTestWeb();
    const reply = await ask(port, '/api/lab', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
    });
    expect(reply.status).toBe(200);
  });

  it('takes an origin that COULISSE_ORIGINS lists', async () => {
    const { port } = await startTestWeb({ origins: ['https://lab.example.org'] });
    const headers = { host: 'lab.example.org', origin: 'https://lab.example.org' };
    expect((await askForLab(port, { headers })).status).toBe(200);
  });

  it.each([
    ['no JSON', '{', 400, 'bad-json'],
    ['an unknown key', '{"lab":null,"evil":1}', 400, 'bad-body'],
    ['a malformed lab', '{"lab":"../../etc"}', 400, 'bad-body'],
    ['an array', '[]', 400, 'bad-body'],
    ['null', 'null', 400, 'bad-body'],
    ['more than 4 KiB', JSON.stringify({ lab: 'a'.repeat(5_000) }), 413, 'body-too-large'],
  ])('refuses a body that is %s', async (...[, body, status, code]) => {
    const { port } = await startTestWeb();
    const reply = await askForLab(port, { body });
    expect([reply.status, codeOf(reply)]).toEqual([status, code]);
  });

  it('refuses a body that grows past 4 KiB without having said so', async () => {
    const { port } = await startTestWeb();
    const reply = await askForLab(port, {
      headers: { 'transfer-encoding': 'chunked' },
      body: ' '.repeat(100_000),
    });
    expect([reply.status, codeOf(reply)]).toEqual([413, 'body-too-large']);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded'])(
    'refuses the content type %s, which a foreign form could send',
    async (type) => {
      const { port } = await startTestWeb();
      const reply = await askForLab(port, { headers: { 'content-type': type } });
      expect([reply.status, codeOf(reply)]).toEqual([415, 'not-json']);
    },
  );

  it('refuses an address that asks too often, and says when to come back', async () => {
    const { port } = await startTestWeb();
    const replies = await Promise.all(Array.from({ length: 140 }, () => askForLab(port)));
    const refused = replies.filter((reply) => reply.status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(replies.filter((reply) => reply.status === 200).length).toBeGreaterThanOrEqual(120);
    expect(Number(refused[0]?.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('counts by the address behind a trusted proxy, and marks the cookie Secure for https', async () => {
    const { port } = await startTestWeb({
      proxies: ['127.0.0.1'],
      origins: ['https://lab.example.org'],
    });
    const reply = await askForLab(port, {
      headers: {
        host: 'lab.example.org',
        origin: 'https://lab.example.org',
        'x-forwarded-for': '203.0.113.9',
        'x-forwarded-proto': 'https',
      },
    });
    expect(grantOf(labAnswerOf(reply).grant).address).toBe('203.0.113.9');
    expect(reply.headers['set-cookie']?.[0]).toMatch(/; Secure$/);
  });

  it('believes no forwarding header of an untrusted peer', async () => {
    const { port } = await startTestWeb();
    const headers = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https' };
    const reply = await askForLab(port, { headers });
    expect(grantOf(labAnswerOf(reply).grant).address).toBe('127.0.0.1');
    expect(reply.headers['set-cookie']?.[0]).not.toMatch(/Secure/);
  });

  it('says how to get labs when web runs alone', async () => {
    const { port } = await startTestWeb({ roles: 'web' });
    const reply = await askForLab(port);
    expect([reply.status, codeOf(reply)]).toEqual([503, 'no-labs']);
    expect(reply.text).toContain('npm start');
  });

  it('answers 503 and tells nothing of the disk when the store fails', async () => {
    const directory = temporaryDirectory();
    const { port } = await startTestWeb({}, { directory });
    const { DatabaseSync } = await import('node:sqlite');
    const vandal = new DatabaseSync(join(directory, 'progress.sqlite'));
    vandal.exec('drop table labs');
    vandal.close();
    const reply = await askForLab(port);
    expect([reply.status, codeOf(reply)]).toEqual([503, 'store-failed']);
    expect(reply.text).not.toContain(directory);
  });
});

describe('GET /api/progress', () => {
  it('gives a learner what they earned in the course as it is now', async () => {
    const directory = temporaryDirectory();
    const { port } = await startTestWeb({}, { directory });
    const lab = await askForLab(port);
    const cookie = cookieOf(lab);
    const store = openSqliteStore(join(directory, 'progress.sqlite'));
    await store.recordEarned({
      sequence: 1,
      learner: readLearner(cookie, KEY) ?? '',
      lab: labAnswerOf(lab).lab,
      step: { course: 'inside-docker', version: 3, chapter: 'chroot', step: 'unpack' },
      check: 'unpacked',
      seen: { path: '/home/student/rootfs' },
      at: 5,
    });
    await store.close();
    const reply = await ask(port, '/api/progress?course=inside-docker', { headers: { cookie } });
    expect(reply.headers['cache-control']).toBe('no-store');
    expect(progressAnswerSchema.parse(JSON.parse(reply.text))).toEqual({
      course: 'inside-docker',
      version: 3,
      earned: [
        {
          chapter: 'chroot',
          step: 'unpack',
          check: 'unpacked',
          seen: { path: '/home/student/rootfs' },
          at: 5,
        },
      ],
    });
  });

  it('is empty without a cookie, and makes none', async () => {
    const { port } = await startTestWeb();
    const reply = await ask(port, '/api/progress?course=inside-docker');
    expect(JSON.parse(reply.text)).toEqual({ course: 'inside-docker', version: 3, earned: [] });
    expect(reply.headers['set-cookie']).toBeUndefined();
  });

  it.each([
    ['/api/progress', 400, 'no-course-named'],
    ['/api/progress?course=', 400, 'no-course-named'],
    ['/api/progress?course=../etc', 400, 'no-course-named'],
    ['/api/progress?course=knitting', 404, 'no-such-course'],
  ])('refuses %s', async (path, status, code) => {
    const { port } = await startTestWeb();
    const reply = await ask(port, path);
    expect([reply.status, codeOf(reply)]).toEqual([status, code]);
  });
});
