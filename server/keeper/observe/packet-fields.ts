// Parts of a packet that a rule of nf_tables loads to compare, as fields of a match, and what they are compared with as
// text. Knows no rule.
import type { ObservedRule } from '../../protocol/network.ts';
import { addressText } from './address-text.ts';

export type Match = ObservedRule['matches'][number];
/** `prefix` in bits. `isIndex`: the device is told by its number. */
export type Loaded = { field: Match['field']; prefix?: number; isIndex?: true };
/** Names of the devices of a network namespace, by index. */
export type DeviceNames = ReadonlyMap<number, string>;

/** Keys of `meta` (enum nft_meta_keys, linux/netfilter/nf_tables.h). */
const metaFields = new Map<number, Loaded>([
  [4, { field: 'in', isIndex: true }],
  [5, { field: 'out', isIndex: true }],
  [6, { field: 'in' }],
  [7, { field: 'out' }],
  [16, { field: 'protocol' }],
]);
/** Parts of a packet by header (1 network, 2 transport), offset and length: linux/ip.h, ipv6.h, tcp.h. */
const packetFields = new Map<string, Match['field']>([
  ['1:9:1', 'protocol'],
  ['1:6:1', 'protocol'],
  ['1:12:4', 'source'],
  ['1:16:4', 'destination'],
  ['1:8:16', 'source'],
  ['1:24:16', 'destination'],
  ['2:0:2', 'source-port'],
  ['2:2:2', 'destination-port'],
]);
const protocols = new Map([
  [1, 'icmp'],
  [6, 'tcp'],
  [17, 'udp'],
  [58, 'icmpv6'],
]);
const NETWORK_HEADER = 1;

export const ofMeta = (key: number | undefined): Loaded | undefined => metaFields.get(key ?? -1);

export function ofPacket([base, offset, length]: readonly (number | undefined)[]):
  Loaded | undefined {
  const whole = packetFields.get(`${base}:${offset}:${length}`);
  if (whole !== undefined) return { field: whole };
  // iptables-nft compares whole bytes of a prefix by loading fewer of them.
  if (base !== NETWORK_HEADER || length === undefined || length >= 16) return undefined;
  const address =
    packetFields.get(`${base}:${offset}:4`) ?? packetFields.get(`${base}:${offset}:16`);
  return address && { field: address, prefix: length * 8 };
}

/** Length of the prefix that a mask is; undefined for a mask that is none. */
export function prefixOf(mask: Buffer | undefined): number | undefined {
  const bits = [...(mask ?? [])].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return /^1+0*$/.test(bits) ? bits.lastIndexOf('1') + 1 : undefined;
}

/** What is compared, undefined for bytes that cannot be. */
export function comparedWith(
  { field, prefix, isIndex }: Loaded,
  value: Buffer,
  names: DeviceNames,
): Pick<Match, 'value' | 'index'> | undefined {
  switch (field) {
    case 'in':
    case 'out': {
      if (isIndex !== true) return { value: nameIn(value) };
      // The machine's order, as x86-64 and arm64 have it.
      const index = value.length === 4 ? value.readUInt32LE(0) : undefined;
      return index === undefined ? undefined : { value: names.get(index) ?? '', index };
    }
    case 'protocol':
      return { value: protocols.get(value[0] ?? 0) ?? String(value[0]) };
    case 'source-port':
    case 'destination-port':
      return value.length < 2 ? undefined : { value: String(value.readUInt16BE(0)) };
    case 'source':
    case 'destination': {
      const full = Buffer.alloc(value.length > 4 ? 16 : 4);
      value.copy(full);
      const text = addressText(full);
      return { value: prefix === undefined ? text : `${text}/${prefix}` };
    }
  }
}

/** A name that ends in * is compared without its end. */
function nameIn(value: Buffer): string {
  const text = value.toString('utf8');
  return (text.includes('\0') ? text.replace(/\0.*$/s, '') : `${text}*`).slice(0, 64);
}
