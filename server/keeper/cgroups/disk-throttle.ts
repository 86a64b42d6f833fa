// How fast a lab may read and write: limits on the loop device behind its disk, in either cgroup version. On
// v2 they stand in the lab's own group. On v1 they stand in the groups that keeper and the kernel's own threads
// are in, and labs join none: there a limit holds for its very group alone, and what a lab writes through the
// page cache is written back by the root group. Knows no lab. [L16]
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabLimits } from '../../foundation/config.ts';
import { findMount, ownGroup, type Hierarchy } from './hierarchies.ts';

/** Block devices are named `major:minor` everywhere here. */
const LOOP_MAJOR = 7;

/** Files of a v1 group, and the limit that each holds. */
const oldFiles = [
  ['blkio.throttle.read_bps_device', 'ioBytesPerSecond'],
  ['blkio.throttle.write_bps_device', 'ioBytesPerSecond'],
  ['blkio.throttle.read_iops_device', 'ioOperationsPerSecond'],
  ['blkio.throttle.write_iops_device', 'ioOperationsPerSecond'],
] as const;

export type ThrottleLimits = Pick<LabLimits, 'ioBytesPerSecond' | 'ioOperationsPerSecond'>;
const unlimited: ThrottleLimits = { ioBytesPerSecond: 0, ioOperationsPerSecond: 0 };

export class DiskThrottle {
  readonly #limits: ThrottleLimits;
  /** Groups of v1 that hold the limits of all labs; empty where v2 has the controller. */
  readonly #oldGroups: readonly string[];
  readonly #hasNew: boolean;

  constructor(hierarchies: readonly Hierarchy[], limits: ThrottleLimits) {
    this.#limits = limits;
    this.#hasNew = hierarchies.some(({ controllers }) => controllers.includes('io'));
    this.#oldGroups = this.#hasNew ? [] : findOldGroups();
  }

  /** By what it limits; nothing on a kernel without the controller: doctor tells. */
  get kind(): 'io of v2' | 'blkio of v1' | 'none' {
    if (this.#hasNew) return 'io of v2';
    return this.#oldGroups.length > 0 ? 'blkio of v1' : 'none';
  }

  /** Limits the disk of the lab with this PID 1, whose other limits stand in `groups`. */
  limit(init: number, groups: readonly string[]): void {
    const device = deviceOf(init);
    if (device !== undefined) this.#write(device, groups, this.#limits);
  }

  /**
   * While PID 1 still has the disk mounted: what is to be written back would make the unmount wait, and the
   * device goes to others.
   */
  release(init: number, groups: readonly string[]): void {
    const device = deviceOf(init);
    if (device !== undefined) this.#write(device, groups, unlimited);
  }

  /** Takes off what an earlier keeper left on loop devices that show no file any more. Only v1 remembers. */
  releaseUnused(): void {
    for (const group of this.#oldGroups) {
      const lines = oldFiles.flatMap(([file]) =>
        readFileSync(join(group, file), 'utf8').trim().split('\n'),
      );
      const devices = new Set(lines.map((line) => line.split(' ')[0] ?? ''));
      for (const device of devices) if (isUnusedLoop(device)) this.#write(device, [], unlimited);
    }
  }

  #write(device: string, groups: readonly string[], limits: ThrottleLimits): void {
    for (const group of this.#oldGroups) {
      for (const [file, name] of oldFiles) {
        writeFileSync(join(group, file), `${device} ${limits[name]}`);
      }
    }
    const [bytes, operations] = [limits.ioBytesPerSecond, limits.ioOperationsPerSecond].map(
      (value) => (value === 0 ? 'max' : value),
    );
    const line = `${device} rbps=${bytes} wbps=${bytes} riops=${operations} wiops=${operations}`;
    for (const group of groups) {
      const file = join(group, 'io.max');
      if (existsSync(file)) writeFileSync(file, line);
    }
  }
}

/**
 * The loop device behind a lab's disk, from the mounts of its PID 1. No path of the lab is followed: its root may
 * have put anything there, but can mount no ext4 of its own.
 */
function deviceOf(init: number): string | undefined {
  const lines = readFileSync(`/proc/${init}/mountinfo`, 'utf8').split('\n');
  const line = lines.find((one) => one.includes(' - ext4 ') && one.split(' ')[2]?.startsWith('7:'));
  return line?.split(' ')[2];
}

function findOldGroups(): string[] {
  const mountPoint = findMount('blkio');
  if (mountPoint === undefined) return [];
  const groups = new Set([mountPoint, join(mountPoint, ownGroup('blkio'))]);
  return [...groups].filter((group) => existsSync(join(group, oldFiles[0][0])));
}

function isUnusedLoop(device: string): boolean {
  const [major, minor] = device.split(':').map(Number);
  return major === LOOP_MAJOR && !existsSync(`/sys/dev/block/${major}:${minor}/loop/backing_file`);
}
