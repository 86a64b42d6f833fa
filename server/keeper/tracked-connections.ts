// What a lab can make the lab host hold by connections that netfilter tracks. The kernel charges an entry to nobody
// and bounds them for each network namespace by one number of the machine (nf_conntrack-sysctl, kernel docs). [L16]
import { existsSync, readFileSync } from 'node:fs';
import type { LabLimits } from '../foundation/config.ts';

const MAX = '/proc/sys/net/netfilter/nf_conntrack_max';

/** An entry (256 bytes in /proc/slabinfo) with the extensions that NAT, counting and time stamps hang on it. */
const ENTRY_BYTES = 384;

export type TrackedConnections = {
  /** Bytes at worst, of one lab. */
  bytes: number;
  /** The machine's number that keeps them within the memory of one lab. */
  enough: number;
};

/** Undefined while the kernel tracks none: nothing is loaded that could. */
export function trackedConnections({
  networks,
  memoryBytes,
}: Pick<LabLimits, 'networks' | 'memoryBytes'>): TrackedConnections | undefined {
  if (!existsSync(MAX)) return undefined;
  const most = Number(readFileSync(MAX, 'utf8'));
  const enough = Math.floor(memoryBytes / (networks * ENTRY_BYTES));
  // The kernel takes 0 for no bound at all.
  return { bytes: most === 0 ? Infinity : networks * most * ENTRY_BYTES, enough };
}
