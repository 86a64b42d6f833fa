// Slots: one exclusive range of 65,536 host user ids per lab, above every range in use, and the user
// namespace that maps a lab's files into it. Knows no lab. [L2]
import { spawn } from 'node:child_process';
import { existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { exactEnvironment } from '../../foundation/environment.ts';

/** Ids of one lab: 0 to 65535, as a Debian system uses them (user_namespaces(7)). */
export const IDS_PER_SLOT = 65_536;
/** First id after systemd's container range (UIDS-GIDS.md); two thousand million ids are left above it. */
const LOWEST_BASE = 0x7000_0000;
/** Ids above 2^31 - 1 confuse programs that keep them as a signed int. */
const SLOTS = 4096;
/** Id on a lab's disk that stands for host root: files that the overlay itself makes. */
const HOST_ROOT_ON_DISK = IDS_PER_SLOT;

export type Slot = {
  number: number;
  /** Host id of the lab's root. */
  base: number;
};

export class SlotTable {
  readonly #lowest: number;
  readonly #used = new Set<number>();
  readonly #idMaps = new Map<number, number>();

  constructor(lowest: number = lowestFreeBase()) {
    this.#lowest = lowest;
  }

  /**
   * The lowest free slot that `reserve` gets for this machine. Throws when all are taken; admission keeps
   * far below.
   */
  take(reserve: (number: number) => boolean): Slot {
    for (let number = 0; number < SLOTS; number += 1) {
      if (!this.#used.has(number) && reserve(number)) return this.claim(number);
    }
    throw new Error(`all ${SLOTS} user id ranges are taken`);
  }

  /** A certain slot, as the journal names it. */
  claim(number: number): Slot {
    this.#used.add(number);
    return { number, base: this.#lowest + number * IDS_PER_SLOT };
  }

  release(slot: Slot): void {
    this.#used.delete(slot.number);
  }

  /**
   * Descriptor of a user namespace that maps ids on disk (0-65535, and 65536 for host root) into the slot.
   * Made once per slot and kept: an idmapped mount needs the namespace, not a process in it.
   */
  async idMap(slot: Slot): Promise<number> {
    const known = this.#idMaps.get(slot.number);
    if (known !== undefined) return known;
    const descriptor = await makeIdMap(slot);
    this.#idMaps.set(slot.number, descriptor);
    return descriptor;
  }
}

/** Writes a process's map (user_namespaces(7)). Lines are `inside outside count`. */
export function writeIdMaps(pid: number, lines: readonly string[]): void {
  writeFileSync(`/proc/${pid}/uid_map`, lines.join('\n'));
  writeFileSync(`/proc/${pid}/gid_map`, lines.join('\n'));
}

async function makeIdMap(slot: Slot): Promise<number> {
  const holder = spawn('/usr/bin/unshare', ['--user', '/bin/busybox', 'sh', '-c', 'echo; read x'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: exactEnvironment({}),
  });
  try {
    await Promise.race([once(holder.stdout, 'data'), once(holder, 'exit')]);
    if (holder.pid === undefined) throw new Error('unshare --user could not be started');
    writeIdMaps(holder.pid, [`0 ${slot.base} ${IDS_PER_SLOT}`, `${HOST_ROOT_ON_DISK} 0 1`]);
    return openSync(`/proc/${holder.pid}/ns/user`, 'r');
  } finally {
    holder.kill('SIGKILL');
  }
}

/** The lowest base above every range that the lab host's own tables name (subuid(5), passwd(5)). */
export function lowestFreeBase(read: (path: string) => string = readIfThere): number {
  let highest = LOWEST_BASE;
  for (const path of ['/etc/subuid', '/etc/subgid']) {
    for (const line of read(path).split('\n')) {
      const [, start, count] = line.split(':');
      if (count !== undefined) highest = Math.max(highest, Number(start) + Number(count));
    }
  }
  for (const line of read('/etc/passwd').split('\n')) {
    const id = Number(line.split(':')[2] ?? 0);
    // nobody of some systems is 2^32 - 2.
    if (id < 0xffff_0000) highest = Math.max(highest, id + 1);
  }
  return Math.ceil(highest / IDS_PER_SLOT) * IDS_PER_SLOT;
}

function readIfThere(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
