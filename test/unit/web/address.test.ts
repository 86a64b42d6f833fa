// Which address a learner is counted by.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { learnerAddress, parseProxies, plainAddress } from '../../../server/web/http/address.ts';

const none = parseProxies([]);
const proxies = parseProxies(['127.0.0.1', '10.0.0.0/8', '2001:db8:ffff::/48']);

describe('the address of a learner', () => {
  it('is the peer when no proxy is trusted, whatever X-Forwarded-For says', () => {
    expect(learnerAddress('192.0.2.7', '198.51.100.1', none)).toBe('192.0.2.7');
    expect(learnerAddress('127.0.0.1', '198.51.100.1', none)).toBe('127.0.0.1');
  });

  it('is the last hop that is no trusted proxy', () => {
    expect(learnerAddress('127.0.0.1', '198.51.100.1', proxies)).toBe('198.51.100.1');
    expect(learnerAddress('127.0.0.1', '6.6.6.6, 198.51.100.1, 10.1.2.3', proxies)).toBe(
      '198.51.100.1',
    );
  });

  it('is the proxy itself when the header is missing, empty or garbage', () => {
    expect(learnerAddress('127.0.0.1', undefined, proxies)).toBe('127.0.0.1');
    expect(learnerAddress('127.0.0.1', '', proxies)).toBe('127.0.0.1');
    expect(learnerAddress('127.0.0.1', '198.51.100.1, <script>', proxies)).toBe('127.0.0.1');
  });

  it('is the first hop when every hop is a trusted proxy', () => {
    expect(learnerAddress('127.0.0.1', '10.0.0.9, 10.0.0.8', proxies)).toBe('10.0.0.9');
  });

  it('leaves out the port that some proxies write', () => {
    expect(learnerAddress('127.0.0.1', '198.51.100.1:4711', proxies)).toBe('198.51.100.1');
    expect(learnerAddress('127.0.0.1', '[2001:db8::1]:4711', proxies)).toBe('2001:db8::/64');
  });

  it('writes IPv4 in IPv6 as IPv4, and finds its proxy by that', () => {
    expect(learnerAddress('::ffff:192.0.2.7', undefined, none)).toBe('192.0.2.7');
    expect(learnerAddress('::ffff:127.0.0.1', '::ffff:198.51.100.1', proxies)).toBe('198.51.100.1');
  });

  it('groups IPv6 by /64', () => {
    expect(learnerAddress('2001:db8:1:2:3:4:5:6', undefined, none)).toBe('2001:db8:1:2::/64');
    expect(learnerAddress('2001:DB8:1:2::1', undefined, none)).toBe('2001:db8:1:2::/64');
    expect(learnerAddress('fe80::1%eth0', undefined, none)).toBe('fe80::/64');
    expect(learnerAddress('::1', undefined, none)).toBe('::/64');
  });

  it('trusts an IPv6 proxy by range', () => {
    expect(learnerAddress('2001:db8:ffff::2', '192.0.2.9', proxies)).toBe('192.0.2.9');
    expect(learnerAddress('2001:db8:fffe::2', '192.0.2.9', proxies)).toBe('2001:db8:fffe::/64');
  });

  it('is unknown when the connection has gone already', () => {
    expect(learnerAddress(undefined, '192.0.2.9', proxies)).toBe('unknown');
  });

  it('fits a grant for any peer and any header', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()),
        fc.oneof(
          fc.string(),
          fc.array(fc.oneof(fc.ipV4(), fc.ipV6())).map((all) => all.join(', ')),
        ),
        (peer, header) => {
          const address = learnerAddress(peer, header, parseProxies(['0.0.0.0/1', '::/1']));
          expect(address.length).toBeGreaterThan(0);
          expect(address.length).toBeLessThanOrEqual(64);
        },
      ),
    );
  });
});

describe('one spelling', () => {
  it('is kept by spelling it again', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        const once = plainAddress(address);
        expect(once).toBeDefined();
        expect(plainAddress(once ?? '')).toBe(once);
      }),
    );
  });
});

describe('COULISSE_PROXIES', () => {
  it.each(['localhost', '10.0.0.0/33', '::/129', '10.0.0.0/8/8', '10.0.0.0/', '1.2.3', ''])(
    'refuses %j in one sentence that names it',
    (entry) => {
      expect(() => parseProxies([entry])).toThrow(`COULISSE_PROXIES names "${entry}"`);
    },
  );
});
