// Network namespaces and what is in them, as classes that CEL can tell apart: whole numbers are bigint, and nothing
// is null. Knows no expression.
import type {
  ObservedLink,
  ObservedNetwork,
  ObservedRoute,
  ObservedRule,
} from '../../protocol/network.ts';

/** Stands for an index of no link. */
const NO_LINK = -1;

export class LinkValue {
  readonly index: bigint;
  readonly name: string;
  readonly kind: string;
  readonly up: boolean;
  readonly carrier: boolean;
  readonly mac: string;
  readonly mtu: bigint;
  readonly bridge: bigint;
  readonly peer: bigint;
  readonly peerNetwork: string;
  /** As `10.0.0.1/24`. */
  readonly addresses: string[];
  readonly receivedPackets: bigint;
  readonly sentPackets: bigint;

  constructor(observed: ObservedLink) {
    this.index = BigInt(observed.index);
    this.name = observed.name;
    this.kind = observed.kind ?? '';
    this.up = observed.up;
    this.carrier = observed.carrier;
    this.mac = observed.mac ?? '';
    this.mtu = BigInt(observed.mtu);
    this.bridge = BigInt(observed.bridge ?? NO_LINK);
    this.peer = BigInt(observed.linked?.index ?? NO_LINK);
    this.peerNetwork = observed.linked?.namespace ?? '';
    this.addresses = observed.addresses.map(({ address, prefix }) => `${address}/${prefix}`);
    this.receivedPackets = BigInt(observed.received.packets);
    this.sentPackets = BigInt(observed.sent.packets);
  }
}

export class RouteValue {
  readonly destination: string;
  readonly gateway: string;
  readonly link: bigint;

  constructor(observed: ObservedRoute) {
    this.destination = observed.destination;
    this.gateway = observed.gateway ?? '';
    this.link = BigInt(observed.link ?? NO_LINK);
  }
}

export class RuleValue {
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  readonly hook: string;
  readonly type: string;
  readonly action: string;
  readonly to: string;
  /** By field; the last when there are several, `!` before one that must not be. */
  readonly matches: Map<string, string>;
  /** A packet must have more than `matches` tells. */
  readonly more: boolean;
  readonly packets: bigint;

  constructor(observed: ObservedRule) {
    this.family = observed.family;
    this.table = observed.table;
    this.chain = observed.chain;
    this.hook = observed.hook ?? '';
    this.type = observed.type ?? '';
    this.action = observed.action;
    this.to = observed.to ?? '';
    this.matches = new Map(
      observed.matches.map(({ field, not, value }) => [field, not ? `!${value}` : value]),
    );
    this.more = observed.more;
    this.packets = BigInt(observed.counted?.packets ?? 0);
  }
}

export class NetworkValue {
  readonly id: string;
  readonly paths: string[];
  readonly links: LinkValue[];
  readonly routes: RouteValue[];
  readonly rules: RuleValue[];

  constructor(id: string, observed: ObservedNetwork) {
    this.id = id;
    this.paths = observed.paths;
    this.links = observed.links.map((link) => new LinkValue(link));
    this.routes = observed.routes.map((route) => new RouteValue(route));
    this.rules = observed.rules.map((rule) => new RuleValue(rule));
  }
}
