// Which Host headers are accepted, and which origins a configuration may name.
import { describe, expect, it } from 'vitest';
import { createHostPolicy, parseOrigins } from '../../../server/web/http/hosts.ts';

describe('the Host policy', () => {
  const policy = createHostPolicy('127.0.0.1', parseOrigins(['https://lab.example.org']));

  it.each([
    ['localhost:3000', 'localhost:3000'],
    ['LOCALHOST:3000', 'localhost:3000'],
    ['127.0.0.1', '127.0.0.1'],
    ['[::1]:3000', '[::1]:3000'],
    ['lab.example.org', 'lab.example.org'],
    ['lab.example.org:8443', 'lab.example.org:8443'],
  ])('accepts %s', (header, host) => {
    expect(policy.accept(header, '127.0.0.1')).toBe(host);
  });

  it.each([
    undefined,
    '',
    'evil.example',
    'localhost.evil.example',
    'evil.example@localhost',
    'localhost/evil',
    'localhost:3000:1',
    'localhost:99999',
    'localhost, evil.example',
    'localhost evil.example',
    '192.0.2.7:3000',
    '[::1',
    'xlab.example.org',
  ])('refuses %j', (header) => {
    expect(policy.accept(header, '192.0.2.7')).toBeUndefined();
  });

  it('accepts the name that it is bound to', () => {
    expect(createHostPolicy('192.0.2.7', []).accept('192.0.2.7:3000', '192.0.2.7')).toBeDefined();
    expect(createHostPolicy('2001:db8::7', []).accept('[2001:db8::7]', '::1')).toBeDefined();
    expect(createHostPolicy('lab.local', []).accept('lab.local:80', '::1')).toBe('lab.local');
  });

  it.each(['0.0.0.0', '::'])('bound to %s accepts the address that was called', (boundTo) => {
    const wildcard = createHostPolicy(boundTo, []);
    expect(wildcard.accept('192.0.2.7:3000', '::ffff:192.0.2.7')).toBe('192.0.2.7:3000');
    expect(wildcard.accept('[2001:db8::7]:3000', '2001:db8::7')).toBeDefined();
    expect(wildcard.accept('192.0.2.8:3000', '::ffff:192.0.2.7')).toBeUndefined();
    expect(wildcard.accept('evil.example:3000', '192.0.2.7')).toBeUndefined();
    expect(
      wildcard.accept(`${boundTo === '::' ? '[::]' : boundTo}:3000`, '192.0.2.7'),
    ).toBeUndefined();
  });
});

describe('COULISSE_ORIGINS', () => {
  it.each([
    'lab.example.org',
    'https://lab.example.org/path',
    'ftp://lab.example.org',
    '*',
    'https://',
  ])('refuses %j in one sentence that names it', (entry) => {
    expect(() => parseOrigins([entry])).toThrow(`COULISSE_ORIGINS names "${entry}"`);
  });

  it('takes http and https origins, with or without a port or a final slash', () => {
    const origins = parseOrigins(['https://lab.example.org/', 'http://192.0.2.7:8080']);
    expect(origins.map((url) => url.origin)).toEqual([
      'https://lab.example.org',
      'http://192.0.2.7:8080',
    ]);
  });
});
