// What web establishes about a request before anything else: is the Host ours, by which scheme did it
// come, from which address, and from a page of which origin. Knows no route and no learner.
import type { IncomingMessage } from 'node:http';
import { learnerAddress, parseProxies, plainAddress } from './address.ts';
import { createHostPolicy, parseOrigins } from './hosts.ts';
import { Refusal } from './refusal.ts';

export type Visitor = {
  /** Host header in its one spelling, known to be ours. */
  host: string;
  /** True when the browser speaks https to a trusted proxy. */
  secure: boolean;
  /** Address to count by: IPv4, or an IPv6 /64. */
  address: string;
};

export type FrontDoorOptions = {
  host: string;
  origins: readonly string[];
  proxies: readonly string[];
};

export type FrontDoor = {
  /** Throws Refusal 421 when the Host is not ours. */
  admit(request: IncomingMessage): Visitor;
  /** Whether the Origin header is there and ours: this page's own, or one of COULISSE_ORIGINS. */
  hasOwnOrigin(request: IncomingMessage, visitor: Visitor): boolean;
  /** As hasOwnOrigin, but believes the browser's Sec-Fetch-Site when there is no Origin header. */
  isFromOwnPage(request: IncomingMessage, visitor: Visitor): boolean;
};

/** Throws ExplainedError when an origin or proxy of the configuration is malformed. */
export function createFrontDoor(options: FrontDoorOptions): FrontDoor {
  const origins = parseOrigins(options.origins);
  const allowed = new Set(origins.map((origin) => origin.origin));
  const proxies = parseProxies(options.proxies);
  const hosts = createHostPolicy(options.host, origins);

  const door: FrontDoor = {
    admit(request) {
      const host = hosts.accept(request.headers.host, request.socket.localAddress);
      if (host === undefined) throw unknownHost();
      const peer = request.socket.remoteAddress;
      return {
        host,
        secure: proxies.has(plainAddress(peer ?? '') ?? '') && forwardedScheme(request) === 'https',
        address: learnerAddress(peer, headerText(request, 'x-forwarded-for'), proxies),
      };
    },
    hasOwnOrigin(request, visitor) {
      const origin = request.headers.origin;
      if (origin === undefined) return false;
      const own = new URL(`${visitor.secure ? 'https' : 'http'}://${visitor.host}`).origin;
      return origin === own || allowed.has(origin);
    },
    isFromOwnPage(request, visitor) {
      if (request.headers.origin !== undefined) return door.hasOwnOrigin(request, visitor);
      return headerText(request, 'sec-fetch-site') === 'same-origin';
    },
  };
  return door;
}

/** The scheme that the nearest proxy wrote, which is the last one. */
function forwardedScheme(request: IncomingMessage): string | undefined {
  return headerText(request, 'x-forwarded-proto')?.split(',').at(-1)?.trim().toLowerCase();
}

function headerText(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}

function unknownHost(): Refusal {
  return new Refusal({
    status: 421,
    code: 'unknown-host',
    sentence:
      'This server does not answer to that name: its operator lists the names it has in COULISSE_ORIGINS.',
  });
}
