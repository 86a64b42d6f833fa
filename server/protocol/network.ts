// What the kernel says of one network namespace: its devices, their addresses, its routes and the rules that its
// packets meet. Sizes are bounded; what is longer is cut and the snapshot says so.
import { z } from 'zod';

/** Largest of each list of one namespace. */
export const networkLimits = { links: 128, addresses: 32, routes: 128, rules: 128, matches: 16 };

const countSchema = z.strictObject({ packets: z.number().min(0), bytes: z.number().min(0) });
/** Inode number of a network namespace, as in snapshot.ts (namespaces(7)). */
const networkIdSchema = z.string().regex(/^\d{1,20}$/);

export const addressSchema = z.strictObject({
  /** IFA_LOCAL, else IFA_ADDRESS, of RTM_NEWADDR (rtnetlink(7)); IPv6 in its short form (RFC 5952). */
  address: z.string().max(64),
  /** Bits of the prefix (ifa_prefixlen). */
  prefix: z.int().min(0).max(128),
});

export const linkSchema = z.strictObject({
  /** ifi_index of RTM_NEWLINK (rtnetlink(7)): unique in its namespace. */
  index: z.int().min(0),
  /** IFLA_IFNAME. A learner chooses it: 15 bytes, anything but `/`, colon and blanks. */
  name: z.string().max(64),
  /** IFLA_INFO_KIND of IFLA_LINKINFO: veth, bridge, dummy, macvlan, …; `loopback` by ifi_type ARPHRD_LOOPBACK;
   * null for a device without a kind. */
  kind: z.string().max(64).nullable(),
  /** IFF_UP of ifi_flags: that it has been switched on. */
  up: z.boolean(),
  /** IFLA_CARRIER: that the other end is there, and on. */
  carrier: z.boolean(),
  /** IFLA_ADDRESS, as `02:42:ac:11:00:02`; null without one. */
  mac: z.string().max(64).nullable(),
  /** Largest packet, in bytes (IFLA_MTU). */
  mtu: z.number().min(0),
  /** Index of the bridge whose port it is (IFLA_MASTER), or null. */
  bridge: z.int().min(0).nullable(),
  /** The other end of a veth; of a macvlan or vlan, the device that it stands on (IFLA_LINK). `namespace` is where
   * that is (IFLA_LINK_NETNSID by RTM_GETNSID), null when it is none of the lab's that are observed. */
  linked: z
    .strictObject({ index: z.int().min(0), namespace: networkIdSchema.nullable() })
    .nullable(),
  addresses: z.array(addressSchema).max(networkLimits.addresses),
  /** Counters since it was made (IFLA_STATS64). */
  received: countSchema,
  sent: countSchema,
});
export type ObservedLink = z.infer<typeof linkSchema>;

/** Of the main table, unicast (RTM_NEWROUTE, rtnetlink(7)). */
export const routeSchema = z.strictObject({
  /** `default`, or address and prefix (RTA_DST, rtm_dst_len). */
  destination: z.string().max(64),
  /** RTA_GATEWAY; null for what is reached directly. */
  gateway: z.string().max(64).nullable(),
  /** Index of the link (RTA_OIF), null for a route over several. */
  link: z.int().min(0).nullable(),
});
export type ObservedRoute = z.infer<typeof routeSchema>;

export const matchFields = [
  'in',
  'out',
  'source',
  'destination',
  'protocol',
  'source-port',
  'destination-port',
] as const;

export const ruleActions = [
  'accept',
  'drop',
  'return',
  'jump',
  'masquerade',
  'snat',
  'dnat',
  'redirect',
  'reject',
  'other',
  'none',
] as const;

/** One rule of nf_tables (NFT_MSG_NEWRULE, linux/netfilter/nf_tables.h): also those of iptables-nft. What
 * iptables-legacy writes is not among them: see legacyTables. */
export const ruleSchema = z.strictObject({
  /** `ip`, `ip6`, `inet`, `bridge`, … (nfgen_family). */
  family: z.string().max(16),
  /** Table and chain that it is in, by name (NFTA_RULE_TABLE, NFTA_RULE_CHAIN). */
  table: z.string().max(256),
  chain: z.string().max(256),
  /** Where packets meet the chain: prerouting, input, forward, output, postrouting, ingress (NFTA_HOOK_HOOKNUM);
   * null for a chain that only others lead to. */
  hook: z.string().max(16).nullable(),
  /** `filter`, `nat` or `route` (NFTA_CHAIN_TYPE), null without a hook. */
  type: z.string().max(16).nullable(),
  /** Number within its table, which stays (NFTA_RULE_HANDLE). */
  handle: z.number().min(0),
  /** What a packet must have. */
  matches: z
    .array(
      z.strictObject({
        field: z.enum(matchFields),
        not: z.boolean(),
        /** Of `in` and `out`, the name of a device, with `*` at its end for all that begin so. */
        value: z.string().max(64),
        /** Of `in` and `out`, where the rule compares ifi_index (NFT_META_IIF, NFT_META_OIF) and not the name
         * (NFT_META_IIFNAME, NFT_META_OIFNAME): that index. `value` is the name that its device has now, empty when
         * no device of the namespace has it. */
        index: z.int().min(0).optional(),
      }),
    )
    .max(networkLimits.matches),
  /** It must have something of another kind too, which is not told (`nft list ruleset`). */
  more: z.boolean().default(false),
  /** What is done with it; `to` is a chain, or an address and port. */
  action: z.enum(ruleActions),
  to: z.string().max(256).nullable(),
  /** Packets that it was done with (expression `counter`); null for a rule that does not count. */
  counted: countSchema.nullable(),
});
export type ObservedRule = z.infer<typeof ruleSchema>;

export const networkSchema = z.strictObject({
  /** Paths of nsfs mounts that keep it, as `ip netns add` makes them (field 4 of mountinfo is `net:[ID]`). */
  paths: z.array(z.string().max(4200)).max(8),
  /** Whether a process is in it (/proc/PID/ns/net), or has a descriptor of it (/proc/PID/fd). */
  hasProcess: z.boolean(),
  hasDescriptor: z.boolean(),
  links: z.array(linkSchema).max(networkLimits.links),
  routes: z.array(routeSchema).max(networkLimits.routes),
  rules: z.array(ruleSchema).max(networkLimits.rules),
  /** Tables that iptables-legacy has looked at or written to, by family and name (/proc/net/ip_tables_names and
   * ip6_tables_names): which rules are in them is not told. */
  legacyTables: z
    .array(z.strictObject({ family: z.enum(['ip', 'ip6']), table: z.string().max(48) }))
    .max(16),
});
export type ObservedNetwork = z.infer<typeof networkSchema>;
