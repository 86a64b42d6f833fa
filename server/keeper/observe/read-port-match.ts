// Reads the matches of ports that iptables hands to the kernel in the form of xtables: struct xt_tcp and xt_udp
// (linux/netfilter/xt_tcpudp.h). Knows no rule.
import type { Match } from './packet-fields.ts';

/** Flags that turn a match round, and the further bytes of xt_tcp that are matched. */
const INVERT = { SOURCE_PORT: 1, DESTINATION_PORT: 2 };
const XT_TCP = { OPTION: 8, FLAGS: 9, INVERT: 11 };
const XT_UDP_INVERT = 8;

/** Undefined for a match of another name, or one that is cut; `more` when it has more than ports. */
export function readPortMatch(
  name: string | undefined,
  info: Buffer | undefined,
): { matches: Match[]; more: boolean } | undefined {
  const inverted = info?.[name === 'tcp' ? XT_TCP.INVERT : XT_UDP_INVERT];
  if ((name !== 'tcp' && name !== 'udp') || info === undefined || inverted === undefined) {
    return undefined;
  }
  const matches: Match[] = [];
  for (const [field, at, flag] of [
    ['source-port', 0, INVERT.SOURCE_PORT] as const,
    ['destination-port', 4, INVERT.DESTINATION_PORT] as const,
  ]) {
    // In the machine's order: both ends of the range that fits.
    const [low, high] = [info.readUInt16LE(at), info.readUInt16LE(at + 2)];
    if (low === 0 && high === 0xffff) continue;
    const value = low === high ? String(low) : `${low}-${high}`;
    matches.push({ field, not: (inverted & flag) !== 0, value });
  }
  const more = name === 'tcp' && (info[XT_TCP.OPTION] !== 0 || info[XT_TCP.FLAGS] !== 0);
  return { matches, more };
}
