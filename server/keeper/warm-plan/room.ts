// Whether what is planned fits the settings and the machine as it is now, in sentences that say what to do. Pure.
import { opensAt, endsAt, type Workshop } from './plan.ts';

const MiB = 1024 * 1024;

/** Of a lab with a shell at its prompt, the kernel's share in it (docs/LAB.md, speed and size), rounded up. */
const WARM_LAB_BYTES = 3 * MiB;

export type Room = {
  /** COULISSE_LABS. */
  labs: number;
  /** COULISSE_LABS_PER_ADDRESS. */
  labsPerAddress: number;
  /** Bytes that one lab is promised. */
  diskBytes: number;
  diskReserveBytes: number;
  /** Where the disks of labs lie. */
  freeDiskBytes: number;
  /** MemAvailable of /proc/meminfo (proc_meminfo(5)). */
  freeMemoryBytes: number;
};

/** What stands against the workshops that are not over; none when all fits. */
export function whatIsTight(
  workshops: readonly Workshop[],
  room: Room,
  now: number,
): readonly string[] {
  const coming = workshops.filter((one) => endsAt(one) > now);
  if (coming.length === 0) return [];
  const wanted = Math.max(...coming.map((one) => wantedAt(coming, opensAt(one))));
  const largest = Math.max(...coming.map(({ labs }) => labs));
  const forLabs = Math.max(0, room.freeDiskBytes - room.diskReserveBytes);
  const onDisk = Math.floor(forLabs / room.diskBytes);
  const inMemory = Math.floor(room.freeMemoryBytes / WARM_LAB_BYTES);
  return [
    wanted > room.labs &&
      `${wanted} labs are planned for the same time, and there may be ${room.labs} at once: start the server with ` +
        `COULISSE_LABS=${wanted}, or cancel a workshop.`,
    wanted > onDisk &&
      `The disk has room for ${onDisk} of ${wanted} labs: each is promised ${inMiB(room.diskBytes)}, ` +
        `${inMiB(room.diskReserveBytes)} stay free, and ${inMiB(room.freeDiskBytes)} are free now. Free ` +
        `${inMiB(wanted * room.diskBytes - forLabs)}, or lower COULISSE_LAB_DISK_MIB, or move COULISSE_STATE to a larger disk.`,
    wanted > inMemory &&
      `Memory has room for ${inMemory} of ${wanted} labs: a warm one takes ${inMiB(WARM_LAB_BYTES)}, and ` +
        `${inMiB(room.freeMemoryBytes)} are free now. Take a larger machine, or plan fewer labs.`,
    largest > room.labsPerAddress &&
      `Behind one router ${room.labsPerAddress} of ${largest} learners get a lab: for a class that shares an address ` +
        `start the server with COULISSE_LABS_PER_ADDRESS=${largest}.`,
  ].filter((sentence) => sentence !== false);
}

/** More are never wanted than when one of them opens. */
function wantedAt(workshops: readonly Workshop[], time: number): number {
  return workshops
    .filter((one) => opensAt(one) <= time && time < endsAt(one))
    .reduce((sum, { labs }) => sum + labs, 0);
}

function inMiB(bytes: number): string {
  return `${Math.ceil(bytes / MiB)} MiB`;
}
