// Has a lab read and write more than the bandwidth and the operations of its disk let through, and wants it to wait:
// at least so long, however busy the machine is.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MIB_PER_S, PER_S, SLACK } from './disk-bandwidth.ts';
import { KernelHouse } from './kernel-house.ts';
import { everybody, type By, type LearnerLab } from './learner-lab.ts';

let house: KernelHouse;
let lab: LearnerLab;

beforeAll(async () => {
  house = await KernelHouse.open({
    COULISSE_LAB_IO_MIB_PER_S: String(MIB_PER_S),
    COULISSE_LAB_IO_PER_S: String(PER_S),
    COULISSE_LAB_DISK_MIB: '96',
  });
  lab = await house.enter();
});

afterAll(() => house.close());

/** Runs a command in /tmp, which is on the lab's disk; seconds that it took, by the lab's clock. */
async function secondsOf(by: By, command: string): Promise<number> {
  const { output, code } = await lab.runAs(
    by,
    `cd /tmp; begun=$(date +%s%N); ${command} 2>/dev/null; echo "took $(($(date +%s%N) - begun))"`,
    60_000,
  );
  expect(code).toBe(0);
  return Number(/took (\d+)/.exec(output)?.[1]) / 1e9;
}

describe('[L16] input and output', () => {
  const floods = [
    ['written through the page cache', 'dd if=/dev/zero of=f bs=1M count=48 conv=fsync; rm f'],
    ['written past it', 'dd if=/dev/zero of=f bs=1M count=48 oflag=direct'],
    ['read past it', 'dd if=f of=/dev/null bs=1M count=48 iflag=direct; rm f'],
  ] as const;

  // Each removes its file before the next user comes.
  test.for(everybody.flatMap((by) => floods.map(([what, command]) => ({ by, what, command }))))(
    '[L16] [A8] what is $what by $by waits for the bandwidth',
    async ({ by, command }) => {
      expect(await secondsOf(by, command)).toBeGreaterThan(48 / (MIB_PER_S * SLACK));
    },
  );

  test.for(everybody)(
    '[L16] [A8] a storm of fsync, by %s, waits for the operations',
    async (by) => {
      const seconds = await secondsOf(by, 'dd if=/dev/zero of=f bs=4k count=600 oflag=dsync; rm f');
      expect(seconds).toBeGreaterThan(600 / (PER_S * SLACK));
    },
  );
});
