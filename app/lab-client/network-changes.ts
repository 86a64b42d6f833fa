// What has changed in the networks that both of two views look into: devices and their state, addresses, routes and
// rules. Counters alone are no change. Pure; knows no language.
import {
  networkLimits,
  type ObservedLink,
  type ObservedNetwork,
  type ObservedRoute,
  type ObservedRule,
} from '../../server/protocol/network.ts';
import type { XrayView } from '../../server/protocol/xray.ts';

type Of<What extends string, Told> = { what: What; network: string } & Told;

export type NetworkChange =
  | Of<'link-added' | 'link-gone' | 'link-on' | 'link-off', { link: ObservedLink }>
  | Of<'link-named', { link: ObservedLink; before: string; now: string }>
  /** It has become a port of another bridge, or of none; `before` and `now` are names. */
  | Of<'link-port', { link: ObservedLink; before: string | null; now: string | null }>
  | Of<'address-added' | 'address-gone', { link: ObservedLink; address: string }>
  /** `by` is the name of its device, null for a route over several. */
  | Of<'route-added' | 'route-gone', { route: ObservedRoute; by: string | null }>
  | Of<'rule-added' | 'rule-gone', { rule: ObservedRule }>;

type Compared = { network: string; before: ObservedNetwork; after: ObservedNetwork };

/** Where a network is new or gone, so is all in it: that is no news of each. */
export function networkChanges(before: XrayView, after: XrayView): NetworkChange[] {
  return Object.entries(after.networks).flatMap(([network, now]) => {
    const then = before.networks[network];
    if (then === undefined || then === now) return [];
    const compared = { network, before: then, after: now };
    return linkChanges(compared).concat(
      addressChanges(compared),
      routeChanges(compared),
      ruleChanges(compared),
    );
  });
}

/** Of lists that may have been cut, what is missing may be there. */
function onlyIn<T>(
  list: readonly T[],
  other: readonly T[],
  { keyOf, limit }: { keyOf: (one: T) => string; limit: number },
): T[] {
  if (list.length >= limit || other.length >= limit) return [];
  const known = new Set(other.map(keyOf));
  return list.filter((one) => !known.has(keyOf(one)));
}

function linkChanges({ network, before, after }: Compared): NetworkChange[] {
  const by = { keyOf: ({ index }: ObservedLink) => String(index), limit: networkLimits.links };
  return [
    ...onlyIn(after.links, before.links, by).map(
      (link) => ({ what: 'link-added', network, link }) as const,
    ),
    ...after.links.flatMap((link) => {
      const earlier = before.links.find(({ index }) => index === link.index);
      return earlier === undefined ? [] : changesOf(earlier, link, { network, before, after });
    }),
    ...onlyIn(before.links, after.links, by).map(
      (link) => ({ what: 'link-gone', network, link }) as const,
    ),
  ];
}

function changesOf(
  earlier: ObservedLink,
  link: ObservedLink,
  { network, before, after }: Compared,
): NetworkChange[] {
  const changes: NetworkChange[] = [];
  if (earlier.name !== link.name) {
    changes.push({ what: 'link-named', network, link, before: earlier.name, now: link.name });
  }
  if (earlier.up !== link.up)
    changes.push({ what: link.up ? 'link-on' : 'link-off', network, link });
  if (earlier.bridge !== link.bridge) {
    const [then, now] = [nameOf(before, earlier.bridge), nameOf(after, link.bridge)];
    changes.push({ what: 'link-port', network, link, before: then, now });
  }
  return changes;
}

const nameOf = ({ links }: ObservedNetwork, index: number | null): string | null =>
  index === null ? null : (links.find((link) => link.index === index)?.name ?? String(index));

/** Those of a device that is gone went with it. */
function addressChanges({ network, before, after }: Compared): NetworkChange[] {
  return after.links.flatMap((link) => {
    const earlier = before.links.find(({ index }) => index === link.index);
    const [now, then] = [addressesOf(link), addressesOf(earlier)];
    const by = { keyOf: (address: string) => address, limit: networkLimits.addresses };
    return [
      ...onlyIn(now, then, by).map(
        (address) => ({ what: 'address-added', network, link, address }) as const,
      ),
      ...onlyIn(then, now, by).map(
        (address) => ({ what: 'address-gone', network, link, address }) as const,
      ),
    ];
  });
}

const addressesOf = (link: ObservedLink | undefined): string[] =>
  (link?.addresses ?? [])
    .filter(({ address }) => !isLinkLocal(address))
    .map(({ address, prefix }) => `${address}/${prefix}`);

/** fe80::/10 (RFC 4291): the kernel gives each device one when it is switched on, with a route. */
const isLinkLocal = (address: string): boolean => /^fe[89ab][\da-f]:/.test(address);

function routeChanges({ network, before, after }: Compared): NetworkChange[] {
  const by = { keyOf: routeKey, limit: networkLimits.routes };
  const isTold = ({ destination }: ObservedRoute): boolean => !isLinkLocal(destination);
  const isStill = ({ link }: ObservedRoute): boolean =>
    link === null || after.links.some(({ index }) => index === link);
  return [
    ...onlyIn(after.routes, before.routes, by)
      .filter(isTold)
      .map((route) => {
        const name = nameOf(after, route.link);
        return { what: 'route-added', network, route, by: name } as const;
      }),
    ...onlyIn(before.routes, after.routes, by)
      .filter((route) => isTold(route) && isStill(route))
      .map((route) => {
        const name = nameOf(before, route.link);
        return { what: 'route-gone', network, route, by: name } as const;
      }),
  ];
}

function ruleChanges({ network, before, after }: Compared): NetworkChange[] {
  const by = { keyOf: ruleKey, limit: networkLimits.rules };
  return [
    ...onlyIn(after.rules, before.rules, by).map(
      (rule) => ({ what: 'rule-added', network, rule }) as const,
    ),
    ...onlyIn(before.rules, after.rules, by).map(
      (rule) => ({ what: 'rule-gone', network, rule }) as const,
    ),
  ];
}

export const routeKey = ({ destination, gateway, link }: ObservedRoute): string =>
  `${destination} ${gateway} ${link}`;

/**
 * Another when anything of it but its counters is another: rules are replaced in their place. A rule that compares the
 * index of a device stays the same whatever that device is called, or if it is no more.
 */
export function ruleKey(rule: ObservedRule): string {
  const matches = rule.matches.map(({ value, ...match }) =>
    match.index === undefined ? { ...match, value } : match,
  );
  return JSON.stringify({ ...rule, matches, counted: rule.counted !== null });
}
