// Which pages may open a lab: the Host must be one of ours (so that no foreign name can be pointed at this
// machine), and the Origin the same host, or one that the operator listed. Knows no socket.
import { isIP } from 'node:net';

export type OriginGuardOptions = {
  /** Address that web listens on. */
  host: string;
  /** Further origins, such as https://lab.example.org. */
  origins: readonly string[];
};

/** Undefined when the page may come in, else one sentence why not. */
export type OriginGuard = (headers: Readonly<Record<string, string>>) => string | undefined;

const loopback = ['localhost', '127.0.0.1', '[::1]'];
const wildcards = new Set(['0.0.0.0', '::', '']);

export function createOriginGuard(options: OriginGuardOptions): OriginGuard {
  const listed = new Set(options.origins.map((origin) => new URL(origin).origin));
  const names = new Set(loopback);
  names.add(bracketed(options.host));
  for (const origin of listed) names.add(new URL(origin).hostname);
  // Bound to every address, the machine is reached by addresses that nobody listed; an address in Host
  // cannot come from a foreign name.
  const isAnyAddress = wildcards.has(options.host);
  return (headers) => {
    const host = parseUrl(`http://${headers['host'] ?? ''}`);
    if (host === undefined) return 'The Host header is missing or malformed.';
    const isKnown = names.has(host.hostname) || (isAnyAddress && isAddress(host.hostname));
    if (!isKnown) {
      return `The host ${host.hostname} is not one of this server: list its origin in COULISSE_ORIGINS.`;
    }
    const origin = parseUrl(headers['origin'] ?? '');
    if (origin === undefined) return 'The Origin header is missing or malformed.';
    if (listed.has(origin.origin) || isSameHost(origin, headers['host'] ?? '')) return undefined;
    return `The origin ${origin.origin} may not open labs here: list it in COULISSE_ORIGINS.`;
  };
}

/** The scheme is the proxy's business: behind one, a page of https arrives here as http. */
function isSameHost(origin: URL, host: string): boolean {
  if (origin.protocol !== 'http:' && origin.protocol !== 'https:') return false;
  return parseUrl(`${origin.protocol}//${host}`)?.host === origin.host;
}

function isAddress(hostname: string): boolean {
  return isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;
}

function bracketed(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host.toLowerCase();
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
