// Makes networks as the kernel tells of them, for unit tests. Knows no lab.
import type { ObservedLink, ObservedNetwork } from '../../../server/protocol/network.ts';

export function makeLink(index: number, over: Partial<ObservedLink> = {}): ObservedLink {
  return {
    index,
    name: index === 1 ? 'lo' : `dev${index}`,
    kind: index === 1 ? 'loopback' : 'veth',
    up: true,
    carrier: true,
    mac: null,
    mtu: 1500,
    bridge: null,
    linked: null,
    addresses: [],
    received: { packets: 0, bytes: 0 },
    sent: { packets: 0, bytes: 0 },
    ...over,
  };
}

export function makeNetwork(
  links: ObservedLink[],
  over: Partial<ObservedNetwork> = {},
): ObservedNetwork {
  const nothing = { paths: [], routes: [], rules: [], legacyTables: [] };
  return { ...nothing, hasProcess: true, hasDescriptor: false, links, ...over };
}
