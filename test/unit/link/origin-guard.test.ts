// Which Hosts and Origins may open a lab.
import { describe, expect, test } from 'vitest';
import { createOriginGuard } from '../../../server/link/origin-guard.ts';

const local = createOriginGuard({ host: '127.0.0.1', origins: [] });
const proxied = createOriginGuard({ host: '127.0.0.1', origins: ['https://lab.example.org'] });
const everywhere = createOriginGuard({ host: '0.0.0.0', origins: [] });

describe('origin guard', () => {
  test.each([
    ['its own name', local, 'localhost:3000', 'http://localhost:3000'],
    ['its own address', local, '127.0.0.1:3000', 'http://127.0.0.1:3000'],
    ['its own IPv6 address', local, '[::1]:3000', 'http://[::1]:3000'],
    ['a default port', local, 'localhost', 'http://localhost:80'],
    ['https by a proxy', proxied, 'lab.example.org', 'https://lab.example.org'],
    ['a proxy that keeps no Host', proxied, '127.0.0.1:3000', 'https://lab.example.org'],
    ['any address when bound to all', everywhere, '192.0.2.7:3000', 'http://192.0.2.7:3000'],
  ])('[P1] %s is let in', (_what, guard, host, origin) => {
    expect(guard({ host, origin })).toBeUndefined();
  });
  test.each([
    ['a foreign host', local, 'evil.example:3000', 'http://evil.example:3000'],
    ['an address it is not bound to', local, '192.0.2.7:3000', 'http://192.0.2.7:3000'],
    ['a foreign name when bound to all', everywhere, 'evil.example', 'http://evil.example'],
    ['a foreign origin', local, 'localhost:3000', 'http://evil.example'],
    ['another port', local, 'localhost:3000', 'http://localhost:4000'],
    ['an opaque origin', local, 'localhost:3000', 'null'],
    ['no origin', local, 'localhost:3000', ''],
    ['a file', local, 'localhost:3000', 'file:///home/evil.html'],
    ['no host', local, '', 'http://localhost:3000'],
    ['a host with a name before it', local, 'localhost@evil.example', 'http://evil.example'],
    [
      'a suffix of a listed origin',
      proxied,
      'evil-lab.example.org',
      'https://evil-lab.example.org',
    ],
    ['a listed host by http', proxied, '127.0.0.1:3000', 'http://lab.example.org'],
  ])('[P1] %s is refused with a sentence', (_what, guard, host, origin) => {
    expect(guard({ host, origin })).toMatch(/\.$/);
  });
});
