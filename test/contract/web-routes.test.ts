// web's routes and front door, asked from outside: status, pages, refusals, headers, limits.
import { connect } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { statusAnswerSchema } from '../../server/protocol/web-api.ts';
import {
  ask,
  codeOf,
  listenAsLink,
  startTestWeb,
  temporaryDirectory,
} from '../unit/web/web-under-test.ts';
import { echoPages } from '../unit/web/echo-pages.ts';

describe('GET /api/status, /healthz and /readyz', () => {
  it('say that labs are away until link has told how full the lab host is', async () => {
    const directory = temporaryDirectory();
    const { port } = await startTestWeb({}, { directory });
    const status = statusAnswerSchema.parse(JSON.parse((await ask(port, '/api/status')).text));
    expect(status).toEqual({ mode: 'labs', ready: false, labs: 0, capacity: 0, waiting: 0 });
    const readiness = await ask(port, '/readyz');
    expect([readiness.status, readiness.text]).toEqual([503, 'not ready: labs\n']);
    expect((await ask(port, '/healthz')).status).toBe(200);
  });

  it('repeat what link told', async () => {
    const directory = temporaryDirectory();
    const link = await listenAsLink(directory);
    const { port } = await startTestWeb({}, { directory });
    await vi.waitUntil(link.isConnected);
    link.tell({ type: 'occupancy', labs: 3, capacity: 100, waiting: 1, ready: true });
    await vi.waitFor(async () => expect((await ask(port, '/readyz')).status).toBe(200));
    expect(JSON.parse((await ask(port, '/api/status')).text)).toEqual({
      mode: 'labs',
      ready: true,
      labs: 3,
      capacity: 100,
      waiting: 1,
    });
  });

  it('say lessons, and ready without labs, when web runs alone', async () => {
    const { port } = await startTestWeb({ roles: 'web' });
    expect(JSON.parse((await ask(port, '/api/status')).text)).toMatchObject({
      mode: 'lessons',
      ready: false,
    });
    expect((await ask(port, '/readyz')).status).toBe(200);
  });

  it('say that the pages are missing until Next is there', async () => {
    const { promise, resolve } = Promise.withResolvers<typeof echoPages>();
    const { port } = await startTestWeb({ roles: 'web' }, { pages: promise });
    expect((await ask(port, '/readyz')).text).toBe('not ready: pages\n');
    const waiting = ask(port, '/fr');
    resolve(echoPages);
    expect((await waiting).text).toBe('page GET /fr');
    expect((await ask(port, '/readyz')).status).toBe(200);
  });
});

describe('routes', () => {
  it('/ leads to the pages of the reader’s language, and caches know on what it depends', async () => {
    const { port } = await startTestWeb();
    const reply = await ask(port, '/?a=b', { headers: { 'accept-language': 'fr-CA' } });
    expect([reply.status, reply.headers.location]).toEqual([302, '/fr?a=b']);
    expect(reply.headers.vary).toBe('Accept-Language, Cookie');
  });

  it('everything that is not ours goes to the pages, as it was asked', async () => {
    const { port } = await startTestWeb();
    expect((await ask(port, '/en/inside-docker?x=1')).text).toBe('page GET /en/inside-docker?x=1');
    expect((await ask(port, '//evil.example/x')).text).toBe('page GET //evil.example/x');
  });

  it.each([
    ['GET', '/api/lab', 405, 'wrong-method'],
    ['POST', '/api/status', 405, 'wrong-method'],
    ['GET', '/api/', 404, 'no-such-route'],
    ['GET', '/api/elsewhere', 404, 'no-such-route'],
  ])('%s %s is refused as JSON', async (...[method, path, status, code]) => {
    const { port } = await startTestWeb();
    const reply = await ask(port, path, { method });
    expect([reply.status, codeOf(reply)]).toEqual([status, code]);
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('pages refuse %s', async (method) => {
    const { port } = await startTestWeb();
    const reply = await ask(port, '/fr', { method });
    expect([reply.status, reply.headers.allow]).toEqual([405, 'GET, HEAD']);
  });

  it('a whole URL as the target is refused', async () => {
    const { port } = await startTestWeb();
    expect((await ask(port, 'http://evil.example/')).status).toBe(400);
  });

  it('a page that fails is a 500 that tells nothing', async () => {
    const pages = Promise.resolve({
      handle: () => Promise.reject(new Error('secret')),
      close: async () => undefined,
    });
    const { port } = await startTestWeb({}, { pages });
    const reply = await ask(port, '/fr');
    expect(reply.status).toBe(500);
    expect(reply.text).not.toContain('secret');
  });
});

describe('the front door', () => {
  it.each(['/', '/fr', '/api/status', '/healthz'])(
    'refuses %s under a name that is not ours',
    async (path) => {
      const { port } = await startTestWeb();
      const reply = await ask(port, path, { headers: { host: `evil.example:${port}` } });
      expect(reply.status).toBe(421);
      expect(reply.text).toContain('COULISSE_ORIGINS');
    },
  );

  it('every answer carries the security headers, refusals too', async () => {
    const { port } = await startTestWeb();
    const replies = await Promise.all([
      ask(port, '/fr'),
      ask(port, '/'),
      ask(port, '/api/status'),
      ask(port, '/api/none'),
      ask(port, '/fr', { headers: { host: 'evil.example' } }),
    ]);
    for (const reply of replies) {
      expect(reply.headers['content-security-policy']).toContain("default-src 'self'");
      expect(reply.headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(reply.headers['x-content-type-options']).toBe('nosniff');
      expect(reply.headers['referrer-policy']).toBe('same-origin');
      expect(reply.headers['permissions-policy']).toContain('camera=()');
      expect(reply.headers['access-control-allow-origin']).toBeUndefined();
    }
    const policy = replies[0]?.headers['content-security-policy'];
    expect(policy).toContain(`connect-src 'self' ws://localhost:${port};`);
  });

  it('refuses headers of more than 16 KiB', async () => {
    const { port } = await startTestWeb();
    const reply = await ask(port, '/fr', { headers: { 'x-long': 'a'.repeat(17_000) } });
    expect(reply.status).toBe(431);
  });

  it('survives a connection that is reset in the middle of a request', async () => {
    const { port } = await startTestWeb();
    const socket = connect(port, '127.0.0.1', () => {
      socket.write('POST /api/lab HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{');
      socket.resetAndDestroy();
    });
    await new Promise((resolve) => socket.once('close', resolve));
    expect((await ask(port, '/healthz')).status).toBe(200);
  });

  it.each([
    [{ origins: ['nonsense'] }, 'COULISSE_ORIGINS'],
    [{ proxies: ['nonsense'] }, 'COULISSE_PROXIES'],
  ])('does not start with %j', async (config, name) => {
    await expect(startTestWeb(config)).rejects.toThrow(name);
  });
});
