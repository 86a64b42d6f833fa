// Which address a request came from: the peer, or the last untrusted hop when the peer is a trusted
// proxy; IPv6 by /64, since one household has 2^64 of them. Knows no HTTP server.
import { BlockList, isIP } from 'node:net';
import { ExplainedError } from '../../foundation/errors.ts';

/** More hops than any honest chain of proxies has; the rest of the header is not read. */
const MAX_HOPS = 16;

/** Addresses whose forwarding headers are believed. */
export type ProxyList = { has(address: string): boolean };

/** Takes addresses and CIDR ranges. Throws ExplainedError for an entry that is neither. */
export function parseProxies(entries: readonly string[]): ProxyList {
  const list = new BlockList();
  for (const entry of entries) {
    const [text = '', prefix, ...rest] = entry.split('/');
    const address = plainAddress(text);
    const bits = address?.includes(':') === true ? 128 : 32;
    if (address === undefined || rest.length > 0 || !isPrefix(prefix, bits)) {
      throw new ExplainedError({
        code: 'bad-configuration',
        sentence: `COULISSE_PROXIES names "${entry}", which is no IP address and no range.`,
        remedy:
          'Write addresses such as 127.0.0.1 or ranges such as 10.0.0.0/8, separated by commas.',
      });
    }
    list.addSubnet(address, prefix === undefined ? bits : Number(prefix), familyOf(address));
  }
  return { has: (address) => isIP(address) !== 0 && list.check(address, familyOf(address)) };
}

/**
 * The address to count a learner by: `peer` (of the socket), or when that is a trusted proxy the last hop
 * of X-Forwarded-For that is not one. A hop that is no address ends the walk: what is left of it was
 * written by somebody unknown.
 */
export function learnerAddress(
  peer: string | undefined,
  forwardedFor: string | undefined,
  proxies: ProxyList,
): string {
  let address = plainAddress(peer ?? '');
  if (address === undefined) return 'unknown';
  if (proxies.has(address)) {
    for (const hop of (forwardedFor ?? '').split(',').slice(-MAX_HOPS).toReversed()) {
      const next = plainAddress(withoutPort(hop.trim()));
      if (next === undefined) break;
      address = next;
      if (!proxies.has(next)) break;
    }
  }
  return groupAddress(address);
}

/** One spelling for each address; IPv4 in IPv6 becomes IPv4. Undefined for what is no address. */
export function plainAddress(text: string): string | undefined {
  const bare = text.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '');
  const version = isIP(bare);
  if (version !== 6) return version === 4 ? bare : undefined;
  const groups = ipv6Groups(bare);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (!isMapped) return canonicalIpv6(bare);
  return groups
    .slice(6)
    .flatMap((group) => [group >> 8, group & 0xff])
    .join('.');
}

/** IPv4 as it is, IPv6 as its /64. */
function groupAddress(address: string): string {
  if (!address.includes(':')) return address;
  const network = ipv6Groups(address).slice(0, 4);
  return `${canonicalIpv6(`${network.map((group) => group.toString(16)).join(':')}::`)}/64`;
}

function canonicalIpv6(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}

/** The eight 16-bit groups of a valid address. */
function ipv6Groups(address: string): number[] {
  const [left = '', right] = canonicalIpv6(address).split('::');
  const groupsOf = (text: string) =>
    text.split(':').flatMap((group) => (group === '' ? [] : [Number.parseInt(group, 16)]));
  const before = groupsOf(left);
  const after = groupsOf(right ?? '');
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0);
  return [...before, ...zeros, ...after];
}

function withoutPort(hop: string): string {
  if (hop.startsWith('[')) return hop.replace(/\]:\d+$/, ']');
  return hop.split(':').length === 2 ? hop.replace(/:\d+$/, '') : hop;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}

function isPrefix(text: string | undefined, bits: number): boolean {
  return text === undefined || (/^\d{1,3}$/.test(text) && Number(text) <= bits);
}
