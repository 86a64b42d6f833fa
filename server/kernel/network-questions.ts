// What is asked of the kernel in a network namespace: the dumps of rtnetlink(7) and nf_tables, and which number it has
// for each of the other namespaces. Knows no socket.
import { writeAttribute, writeRequest, type NetlinkMessage } from './netlink.ts';

const NETLINK_ROUTE = 0;
const NETLINK_NETFILTER = 12;
const RTM_GETLINK = 18;
const RTM_GETADDR = 22;
const RTM_GETROUTE = 26;
const RTM_GETNSID = 90;
const NETNSA_FD = 3;
const NFNL_SUBSYS_NFTABLES = 10;
const NFT_MSG_GETCHAIN = 4;
const NFT_MSG_GETRULE = 7;
/** Sizes of struct ifinfomsg, ifaddrmsg, rtmsg, rtgenmsg (padded) and nfgenmsg. */
const IFINFO_BYTES = 16;
const IFADDR_BYTES = 8;
const RTMSG_BYTES = 12;
const RTGEN_BYTES = 4;
const NFGEN_BYTES = 4;

export type NetworkAnswers = {
  links: NetlinkMessage[];
  addresses: NetlinkMessage[];
  routes: NetlinkMessage[];
  chains: NetlinkMessage[];
  rules: NetlinkMessage[];
  /** Names of the tables that iptables-legacy has made for IPv4 and IPv6, a line each. */
  legacyTables: [string, string];
  /** Its number for each namespace that was asked for, by place in the list; -1 for one that it does not know. */
  identifiers: NetlinkMessage[];
  /** More was there than is asked for. */
  isCut: boolean;
};

export type Question = {
  name: Exclude<keyof NetworkAnswers, 'isCut' | 'legacyTables'>;
  protocol: number;
  datagrams: number;
};
export const questions: readonly Question[] = [
  { name: 'links', protocol: NETLINK_ROUTE, datagrams: 16 },
  { name: 'addresses', protocol: NETLINK_ROUTE, datagrams: 8 },
  { name: 'routes', protocol: NETLINK_ROUTE, datagrams: 8 },
  { name: 'chains', protocol: NETLINK_NETFILTER, datagrams: 4 },
  { name: 'rules', protocol: NETLINK_NETFILTER, datagrams: 16 },
  { name: 'identifiers', protocol: NETLINK_ROUTE, datagrams: 16 },
];

/** `first`: the descriptor of the first of `count` namespaces. */
export function requestsOf(
  name: Question['name'],
  { first, count }: { first: number; count: number },
): Buffer[] {
  const dump = (type: number, bytes: number): Buffer[] => [
    writeRequest(type, Buffer.alloc(bytes), { isDump: true, sequence: 0 }),
  ];
  const tables = NFNL_SUBSYS_NFTABLES << 8;
  switch (name) {
    case 'links':
      return dump(RTM_GETLINK, IFINFO_BYTES);
    case 'addresses':
      return dump(RTM_GETADDR, IFADDR_BYTES);
    case 'routes':
      return dump(RTM_GETROUTE, RTMSG_BYTES);
    case 'chains':
      return dump(tables | NFT_MSG_GETCHAIN, NFGEN_BYTES);
    case 'rules':
      return dump(tables | NFT_MSG_GETRULE, NFGEN_BYTES);
    case 'identifiers':
      return Array.from({ length: count }, (_, other) => {
        const file = writeAttribute(NETNSA_FD, first + other);
        const body = Buffer.concat([Buffer.alloc(RTGEN_BYTES), file]);
        return writeRequest(RTM_GETNSID, body, { isDump: false, sequence: other });
      });
  }
}
