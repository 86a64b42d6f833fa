// Reads devices, addresses and routes of a network namespace from the kernel's answers (rtnetlink(7)). Knows no
// socket and no lab.
import { Attributes, type NetlinkMessage } from '../../kernel/netlink.ts';
import type { ObservedLink, ObservedRoute } from '../../protocol/network.ts';
import { addressText } from './address-text.ts';

const RTM_NEWLINK = 16;
const RTM_NEWADDR = 20;
const RTM_NEWROUTE = 24;

/** struct ifinfomsg, linux/rtnetlink.h: type at 2, index at 4, flags at 8. */
const IFINFO_BYTES = 16;
const IFF_UP = 1;
const ARPHRD_LOOPBACK = 772;
/** Attributes of a link, linux/if_link.h. */
const IFLA = {
  ADDRESS: 1,
  IFNAME: 3,
  MTU: 4,
  LINK: 5,
  MASTER: 10,
  LINKINFO: 18,
  STATS64: 23,
  CARRIER: 33,
  LINK_NETNSID: 37,
};
const IFLA_INFO_KIND = 1;
/** struct ifaddrmsg, linux/if_addr.h: prefix length at 1, index at 4. */
const IFADDR_BYTES = 8;
const IFA_ADDRESS = 1;
const IFA_LOCAL = 2;
/** struct rtmsg, linux/rtnetlink.h: family, length of the destination, table at 4, type at 7. */
const RTMSG_BYTES = 12;
const RTA_DST = 1;
const RTA_OIF = 4;
const RTA_GATEWAY = 5;
const RTA_TABLE = 15;
const RT_TABLE_MAIN = 254;
const RTN_UNICAST = 1;

/** A link whose other end is told by the number that its namespace has for that of the other, or by none for itself. */
export type ReadLink = Omit<ObservedLink, 'linked' | 'addresses'> & {
  linked: { index: number; identifier: number | null } | null;
};

export function readLinks(messages: readonly NetlinkMessage[]): ReadLink[] {
  return messages
    .filter(({ type, body }) => type === RTM_NEWLINK && body.length >= IFINFO_BYTES)
    .map(({ body }) => {
      const attributes = new Attributes(body, IFINFO_BYTES);
      const mac = attributes.bytes(IFLA.ADDRESS);
      const index = body.readInt32LE(4);
      const other = attributes.number(IFLA.LINK);
      const isLoopback = body.readUInt16LE(2) === ARPHRD_LOOPBACK;
      const kind = attributes.nest(IFLA.LINKINFO).text(IFLA_INFO_KIND)?.slice(0, 64);
      return {
        index,
        name: attributes.text(IFLA.IFNAME)?.slice(0, 64) ?? '',
        kind: kind ?? (isLoopback ? 'loopback' : null),
        up: (body.readUInt32LE(8) & IFF_UP) !== 0,
        carrier: attributes.bytes(IFLA.CARRIER)?.[0] === 1,
        mac: mac?.length === 6 ? [...mac].map(hexByte).join(':') : null,
        mtu: attributes.number(IFLA.MTU) ?? 0,
        bridge: attributes.number(IFLA.MASTER) ?? null,
        // A device that stands on nothing says 0, or itself.
        linked:
          other === undefined || other === 0
            ? null
            : { index: other, identifier: attributes.number(IFLA.LINK_NETNSID) ?? null },
        received: countOf(attributes.bytes(IFLA.STATS64), 'received'),
        sent: countOf(attributes.bytes(IFLA.STATS64), 'sent'),
      };
    });
}

const hexByte = (byte: number): string => byte.toString(16).padStart(2, '0');

/** struct rtnl_link_stats64 begins with the packets that were received and sent, then their bytes. */
function countOf(bytes: Buffer | undefined, way: 'received' | 'sent'): ObservedLink['received'] {
  const at = (word: number): number =>
    bytes === undefined || bytes.length < 32 ? 0 : Number(bytes.readBigUInt64LE(word * 8));
  return way === 'received' ? { packets: at(0), bytes: at(2) } : { packets: at(1), bytes: at(3) };
}

/** By index of the link. */
export function readAddresses(
  messages: readonly NetlinkMessage[],
): Map<number, ObservedLink['addresses']> {
  const byLink = new Map<number, ObservedLink['addresses']>();
  for (const { type, body } of messages) {
    if (type !== RTM_NEWADDR || body.length < IFADDR_BYTES) continue;
    const attributes = new Attributes(body, IFADDR_BYTES);
    const bytes = attributes.bytes(IFA_LOCAL) ?? attributes.bytes(IFA_ADDRESS);
    if (bytes === undefined) continue;
    const index = body.readUInt32LE(4);
    const list = byLink.get(index) ?? [];
    list.push({ address: addressText(bytes), prefix: body[1] ?? 0 });
    byLink.set(index, list);
  }
  return byLink;
}

export function readRoutes(messages: readonly NetlinkMessage[]): ObservedRoute[] {
  return messages.flatMap(({ type, body }) => {
    if (type !== RTM_NEWROUTE || body.length < RTMSG_BYTES) return [];
    const attributes = new Attributes(body, RTMSG_BYTES);
    const table = attributes.number(RTA_TABLE) ?? body[4];
    if (table !== RT_TABLE_MAIN || body[7] !== RTN_UNICAST) return [];
    const destination = attributes.bytes(RTA_DST);
    const gateway = attributes.bytes(RTA_GATEWAY);
    return {
      destination: destination === undefined ? 'default' : `${addressText(destination)}/${body[1]}`,
      gateway: gateway === undefined ? null : addressText(gateway),
      link: attributes.number(RTA_OIF) ?? null,
    };
  });
}
