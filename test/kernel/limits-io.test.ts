// Drives a lab into the bandwidth, the operations, the bytes and the inodes of its disk, and wants it to wait
// or to get the error, its neighbour to type on, and nothing of it to stay in the lab host's settings.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findMount } from '../../server/keeper/cgroups/hierarchies.ts';
import { KernelHouse } from './kernel-house.ts';
import { hierarchies, limitedGroup, mountsOf, until } from './kernel-view.ts';
import { everybody, type LearnerLab } from './learner-lab.ts';
import { MIB_PER_S, PER_S, SLACK } from './disk-bandwidth.ts';
import { driveIntoLimit } from './neighbour.ts';

const MiB = 1024 * 1024;
const DISK_MIB = 96;
const isNew = hierarchies.some(({ controllers }) => controllers.includes('io'));

let house: KernelHouse;
let lab: LearnerLab;
let neighbour: LearnerLab;

beforeAll(async () => {
  house = await KernelHouse.open({
    COULISSE_LAB_IO_MIB_PER_S: String(MIB_PER_S),
    COULISSE_LAB_IO_PER_S: String(PER_S),
    COULISSE_LAB_DISK_MIB: String(DISK_MIB),
  });
  [lab, neighbour] = await Promise.all([house.enter(), house.enter()]);
});

afterAll(() => house.close());

/** Loop device of a lab's disk, `major:minor`. */
function deviceOf({ init }: LearnerLab): string {
  const lines = readFileSync(`/proc/${init}/mountinfo`, 'utf8').split('\n');
  return lines.find((line) => line.includes(' - ext4 '))?.split(' ')[2] ?? 'none';
}

/** Files that hold the limits of a lab's disk, those of v1 one each. */
function throttleFiles({ init }: LearnerLab): string[] {
  if (isNew) return [join(limitedGroup(init, 'io').path, 'io.max')];
  const root = findMount('blkio') ?? '';
  return ['read_bps', 'write_bps', 'read_iops', 'write_iops'].map((name) =>
    join(root, `blkio.throttle.${name}_device`),
  );
}

/** What the kernel has for this device: the words after its number. */
function throttlesOf(device: string, files: readonly string[]): string[] {
  return files
    .filter((file) => existsSync(file))
    .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
    .filter((line) => line.startsWith(`${device} `))
    .map((line) => line.slice(device.length + 1));
}

describe('[L16] input and output', () => {
  test('[L16] bandwidth and operations of the disk are limited as configured', () => {
    const bytes = MIB_PER_S * MiB;
    const device = deviceOf(lab);
    expect(device).toMatch(/^7:/);
    expect(deviceOf(neighbour)).not.toBe(device);
    expect(throttlesOf(device, throttleFiles(lab))).toEqual(
      isNew
        ? [`rbps=${bytes} wbps=${bytes} riops=${PER_S} wiops=${PER_S}`]
        : [bytes, bytes, PER_S, PER_S].map(String),
    );
  });

  test.for(everybody)(
    '[L16] [A8] a lab whose disk %s floods waits, and the neighbour types on',
    async (by) => {
      const { output } = await driveIntoLimit({
        house,
        lab,
        neighbour,
        by,
        script: 'dd if=/dev/zero of=/tmp/f bs=1M count=16 conv=fsync 2>&1; rm /tmp/f',
        isReached: () => true,
      });
      const rates = [...output.matchAll(/(\d+) bytes.* copied, ([\d.]+) s/g)];
      const bytes = rates.reduce((sum, [, copied]) => sum + Number(copied), 0);
      const seconds = rates.reduce((sum, [, , took]) => sum + Number(took), 0);
      expect(bytes).toBeGreaterThan(0);
      expect(bytes / seconds).toBeLessThan(MIB_PER_S * MiB * SLACK);
    },
  );

  test.for(everybody)(
    '[L5] [A5] the bytes of the disk, filled by %s, are full for the lab alone',
    async (by) => {
      const { output } = await driveIntoLimit({
        house,
        lab,
        neighbour,
        by,
        script: 'dd if=/dev/zero of=/tmp/f bs=1M 2>&1; stat -f -c %a /home',
        isReached: async () =>
          (await neighbour.run('df --output=avail /home | tail -1')).code === 0,
      });
      expect(output).toContain('No space left on device');
      const [, avail] = (await neighbour.run('df -m --output=avail /home')).output.split('\n');
      expect(Number(avail)).toBeGreaterThan(DISK_MIB / 2);
      const image = mountsOf(lab.init).find(({ type }) => type === 'ext4')?.source ?? '';
      const file = readFileSync(
        `/sys/block/${image.slice('/dev/'.length)}/loop/backing_file`,
        'utf8',
      );
      const { blocks } = statSync(join(house.stateDir, 'keeper/images', file.trim()));
      expect(blocks * 512).toBeLessThanOrEqual(DISK_MIB * MiB);
      await lab.sudo('rm -f /tmp/f');
    },
  );

  test.for(everybody)(
    '[L5] [A6] the inodes of the disk, taken by %s, are used up for the lab alone',
    async (by) => {
      const { output } = await driveIntoLimit({
        house,
        lab,
        neighbour,
        by,
        script: `mkdir -p /tmp/many; cd /tmp/many; perl -e 'for (1 .. 1e5) { open F, ">", "$_.$$" or die "$!\\n" }'`,
        isReached: async () => (await neighbour.run('touch ~/new && rm ~/new')).code === 0,
      });
      expect(output).toContain('No space left on device');
      expect((await lab.run('df --output=iavail /tmp | tail -1')).output.trim()).toBe('0');
      await lab.sudo('rm -rf /tmp/many');
    },
  );

  test('[L16] no limit of a lab that went stays on its device', async () => {
    const other = await house.enter();
    const device = deviceOf(other);
    const files = throttleFiles(other);
    expect(throttlesOf(device, files)).not.toEqual([]);
    await house.house.stop();
    await until(
      'the device is free',
      () => !existsSync(`/sys/dev/block/${device}/loop/backing_file`),
    );
    expect(throttlesOf(device, files)).toEqual([]);
  });
});
