// Which Host headers are ours: a page of another name must not reach this server by rebinding its name to
// our address. Knows no route.
import { ExplainedError } from '../../foundation/errors.ts';
import { plainAddress } from './address.ts';

const HOST_SHAPE = /^(?:\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(?::\d{1,5})?$/i;
const WILDCARDS = new Set(['0.0.0.0', '::']);

/** Checks COULISSE_ORIGINS. Throws ExplainedError for an entry that is no plain http(s) origin. */
export function parseOrigins(entries: readonly string[]): URL[] {
  return entries.map((entry) => {
    const url = URL.parse(entry);
    const isOrigin = url !== null && /^https?:$/.test(url.protocol) && sameOrigin(url, entry);
    if (isOrigin) return url;
    throw new ExplainedError({
      code: 'bad-configuration',
      sentence: `COULISSE_ORIGINS names "${entry}", which is no origin.`,
      remedy: 'Write origins such as https://lab.example.org, without a path, separated by commas.',
    });
  });
}

function sameOrigin(url: URL, entry: string): boolean {
  return url.href === `${url.origin}/` && entry.replace(/\/$/, '').length > url.protocol.length + 2;
}

export type HostPolicy = {
  /**
   * The Host header in its one spelling (`name:port`, without the port 80), or undefined when it is not
   * ours. `localAddress` is the address that the connection came in on.
   */
  accept(header: string | undefined, localAddress: string | undefined): string | undefined;
};

/** `boundTo` is the configured HOST. */
export function createHostPolicy(boundTo: string, origins: readonly URL[]): HostPolicy {
  const names = new Set(['localhost', '127.0.0.1', '[::1]']);
  for (const origin of origins) names.add(origin.hostname);
  const isWildcard = WILDCARDS.has(boundTo);
  if (!isWildcard) names.add(hostnameOf(boundTo));
  return {
    accept(header, localAddress) {
      if (header === undefined || !HOST_SHAPE.test(header)) return undefined;
      const url = URL.parse(`http://${header}`);
      if (url === null) return undefined;
      if (names.has(url.hostname)) return url.host;
      const isLocalLiteral =
        isWildcard &&
        localAddress !== undefined &&
        plainAddress(url.hostname) !== undefined &&
        plainAddress(url.hostname) === plainAddress(localAddress);
      return isLocalLiteral ? url.host : undefined;
    },
  };
}

function hostnameOf(name: string): string {
  const written = plainAddress(name)?.includes(':') === true ? `[${name}]` : name;
  return URL.parse(`http://${written}`)?.hostname ?? name;
}
