// Which WebSocket upgrades web hands to link, with what, and how it refuses the others.
import { describe, expect, it } from 'vitest';
import { handoverSchema } from '../../server/protocol/peer-messages.ts';
import { ask, askForUpgrade, startTestWeb } from '../unit/web/web-under-test.ts';

describe('an upgrade at /link', () => {
  it('[P26] of an own page is handed over, with what link needs and no cookie', async () => {
    const { port, passed, origin } = await startTestWeb();
    await askForUpgrade(port, '/link?a=1', { origin, cookie: 'coulisse=x', 'x-secret': 'y' });
    expect(passed).toHaveLength(1);
    expect(handoverSchema.parse(passed[0]?.handover)).toEqual({
      type: 'handover',
      url: '/link?a=1',
      headers: {
        host: `localhost:${port}`,
        origin,
        upgrade: 'websocket',
        connection: 'Upgrade',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      },
      address: '127.0.0.1',
      head: '',
    });
  });

  it('[P1] of an origin in COULISSE_ORIGINS through a trusted proxy carries the learner’s address', async () => {
    const { port, passed } = await startTestWeb({
      origins: ['https://lab.example.org'],
      proxies: ['127.0.0.1'],
    });
    await askForUpgrade(port, '/link', {
      host: 'lab.example.org',
      origin: 'https://lab.example.org',
      'x-forwarded-for': '2001:db8::9',
    });
    expect(passed[0]?.handover.address).toBe('2001:db8::/64');
  });

  it.each([
    ['a foreign origin', '/link', { origin: 'https://evil.example' }, 403],
    ['no origin', '/link', {}, 403],
    ['the origin null', '/link', { origin: 'null' }, 403],
    ['no origin but a fetch site', '/link', { 'sec-fetch-site': 'same-origin' }, 403],
    ['a foreign host', '/link', { host: 'evil.example', origin: 'http://evil.example' }, 421],
    ['another path', '/', {}, 404],
    ['a path below', '/link/x', {}, 404],
    ['a path of Next', '/_next/hmr', {}, 404],
    ['a URL of 3,000 characters', `/link?${'a'.repeat(3_000)}`, { origin: 'own' }, 400],
    [
      'a header of 9,000 characters',
      '/link',
      {
        origin: 'own',
        'sec-websocket-protocol': 'a'.repeat(9_000),
      },
      400,
    ],
  ])('[P1] with %s is refused and closed', async (...[, path, headers, status]) => {
    const { port, passed, origin } = await startTestWeb();
    const all: Record<string, string> = { ...headers };
    if (all['origin'] === 'own') all['origin'] = origin;
    const text = await askForUpgrade(port, path, all);
    expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(passed).toEqual([]);
    expect((await ask(port, '/healthz')).status).toBe(200);
  });

  it('is refused when web runs alone', async () => {
    const { port, origin } = await startTestWeb({ roles: 'web' });
    expect(await askForUpgrade(port, '/link', { origin })).toMatch(/^HTTP\/1.1 503 /);
  });

  it('is refused to an address that connects too often, with the time to come back', async () => {
    const { port, origin } = await startTestWeb();
    const replies = await Promise.all(
      Array.from({ length: 140 }, () => askForUpgrade(port, '/link', { origin })),
    );
    const refused = replies.filter((text) => text !== '');
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]).toMatch(/^HTTP\/1.1 429 [\s\S]*retry-after: 1\r\n/);
  });

  it('leaves no connection behind when web stops', async () => {
    const { port, passed, origin, stop } = await startTestWeb();
    await askForUpgrade(port, '/link', { origin });
    await stop();
    expect(passed[0]?.socket.destroyed).toBe(true);
    await expect(ask(port, '/healthz')).rejects.toThrow('ECONNREFUSED');
  });
});
