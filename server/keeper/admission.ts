// Who gets a lab: so many in all, so many an address, and disk promised against disk free. Pure. [L10]
import type { Refusal } from '../protocol/keeper-verbs.ts';

export type AdmissionLimits = {
  labs: number;
  labsPerAddress: number;
  /** Bytes that one lab is promised. */
  diskBytes: number;
  /** Bytes of the lab host that stay free. */
  diskReserveBytes: number;
};

export type Occupancy = {
  /** Addresses of the labs that live or are being made. */
  addresses: readonly string[];
  /** Bytes promised to them that their images do not take yet. */
  promisedBytes: number;
  freeBytes: number;
};

/** The reason for a refusal, or undefined when one more lab may be made for `address`. */
export function admit(
  limits: AdmissionLimits,
  occupancy: Occupancy,
  address: string,
): Refusal | undefined {
  const { addresses, promisedBytes, freeBytes } = occupancy;
  if (addresses.length >= limits.labs) return { reason: 'labs' };
  const sameAddress = addresses.filter((one) => one === address).length;
  if (sameAddress >= limits.labsPerAddress) return { reason: 'address' };
  const left = freeBytes - promisedBytes - limits.diskReserveBytes;
  return left < limits.diskBytes ? { reason: 'disk' } : undefined;
}
