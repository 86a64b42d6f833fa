// Reads the targets that iptables-nft still hands to the kernel in the form of xtables (linux/netfilter/x_tables.h):
// masquerade, snat, dnat and redirect with their ranges. Knows no rule.
import type { ObservedRule } from '../../protocol/network.ts';
import { addressText } from './address-text.ts';

const actions = new Map<string, ObservedRule['action']>([
  ['MASQUERADE', 'masquerade'],
  ['SNAT', 'snat'],
  ['DNAT', 'dnat'],
  ['REDIRECT', 'redirect'],
  ['REJECT', 'reject'],
]);
/** Flags of struct nf_nat_range: NF_NAT_RANGE_MAP_IPS, NF_NAT_RANGE_PROTO_SPECIFIED. */
const HAS_ADDRESS = 1;
const HAS_PORT = 2;

export function readTarget({
  name,
  revision,
  info,
}: {
  name: string;
  revision: number;
  info: Buffer;
}): Pick<ObservedRule, 'action' | 'to'> {
  const action = actions.get(name) ?? 'other';
  if (action === 'other') return { action, to: name.slice(0, 256) };
  if (action === 'reject') return { action, to: null };
  return { action, to: revision === 0 ? readOldRange(info) : readRange(info) };
}

/** struct nf_nat_ipv4_multi_range_compat: the number of ranges, then flags, two addresses, two ports. */
function readOldRange(info: Buffer): string | null {
  if (info.length < 20) return null;
  return rangeText(info.readUInt32LE(4), info.subarray(8, 12), info.readUInt16BE(16));
}

/** struct nf_nat_range and nf_nat_range2: flags, two addresses of 16 bytes, two ports. */
function readRange(info: Buffer): string | null {
  if (info.length < 40) return null;
  const address = info.subarray(4, 20);
  const isShort = address.subarray(4).every((byte) => byte === 0);
  const text = isShort ? address.subarray(0, 4) : address;
  return rangeText(info.readUInt32LE(0), text, info.readUInt16BE(36));
}

function rangeText(flags: number, address: Buffer, port: number): string | null {
  const where = (flags & HAS_ADDRESS) === 0 ? '' : addressText(address);
  const text = (flags & HAS_PORT) === 0 ? where : `${where}:${port}`;
  return text === '' ? null : text;
}
