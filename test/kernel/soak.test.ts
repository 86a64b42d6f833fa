// Makes labs, uses each and destroys it, one after the other, and wants the house to be as it was: no memory,
// descriptor, mount, group, loop device, process or file more. COULISSE_SOAK_LABS=2000 makes it a long one.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { takeCensus, type Census } from './census.ts';
import { KernelHouse } from './kernel-house.ts';
import { until } from './kernel-view.ts';

const LABS = Number(process.env['COULISSE_SOAK_LABS'] ?? 60);
/** First labs fill heaps, caches, and what is made once for each slot. */
const WARM_UP_LABS = Math.max(20, Math.ceil(LABS / 10));
/** Labs are made beforehand too, given away, and made again. */
const WARM_LABS = 2;
/** A lab takes a tenth of this on a machine that is not busy. */
const LAB_WITHIN_MS = 5000;

/** By how much a figure may be higher after so many labs than before them. What a lab holds in the memory of
 * link is a megabyte for the output of a terminal: sixty that are not let go are seen. */
const allowances: readonly [name: RegExp, more: number][] = [
  [/^MiB of disk$/, 8],
  [/^MiB of /, 32],
  // web keeps connections open for whoever may ask again.
  [/^descriptors of (web|main)$/, 8],
  [/^descriptors of /, 2],
  // SQLite's own, beside its database.
  [/^files$/, 2],
  [/./, 0],
];

let house: KernelHouse;

beforeAll(async () => {
  house = await KernelHouse.open({
    COULISSE_PROXIES: '127.0.0.1',
    COULISSE_WARM_LABS: String(WARM_LABS),
  });
});

afterAll(() => house.close());

test(
  `[L14] ${LABS} labs made, used and destroyed in a row leave the house as it was`,
  { timeout: (LABS + WARM_UP_LABS) * LAB_WITHIN_MS },
  async () => {
    for (let lab = 0; lab < WARM_UP_LABS; lab += 1) await liveOneLab(lab);
    const before = await settledCensus();
    for (let lab = 0; lab < LABS; lab += 1) {
      await liveOneLab(WARM_UP_LABS + lab);
    }
    // What ends a moment later than its lab is awaited; what stays is told by name.
    await until(
      'the house as it was',
      () => growth(before, takeCensus(house.house)).length === 0,
    ).catch(() => undefined);
    const after = takeCensus(house.house);
    if (process.env['COULISSE_SOAK_LABS'] !== undefined) console.table(sideBySide(before, after));
    expect(growth(before, after)).toEqual([]);
    await until('no group of any lab', () => groupsLeft().length === 0).catch(() => undefined);
    expect(groupsLeft()).toEqual([]);
  },
);

function entriesOf({ stateDir }: KernelHouse): string[] {
  return readdirSync(join(stateDir, 'keeper/journal'));
}

/** Of labs that somebody had. Their namespaces tell nothing while others wait for somebody: the kernel gives
 * the numbers again. The census counts what those would be found by. */
function groupsLeft(): string[] {
  return house.remainsOfLabs().filter((line) => line.startsWith('group '));
}

async function liveOneLab(number: number): Promise<void> {
  // web lets so many of one address in at once: addresses set aside for benchmarks (RFC 2544).
  const address = `198.18.${(number >> 8) & 255}.${number & 255}`;
  const lab = await house.enter(await house.house.arrive(undefined, address));
  const { output } = await lab.sudo('mount -t tmpfs tmpfs /mnt && seq 1000 | tee ~/f | tail -1');
  expect(output).toBe('1000');
  lab.client.send({ type: 'reset' });
  await lab.client.closed;
  const entry = join(house.stateDir, 'keeper/journal', `${lab.name}.json`);
  await until('the lab gone', () => !existsSync(entry));
}

/** When two in a row are the same but for memory: shelves are full again, and what ends late has ended. */
async function settledCensus(): Promise<Census> {
  let last = '';
  return until('a house at rest', async () => {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const census = takeCensus(house.house);
    const counts = JSON.stringify(
      Object.entries(census).filter(([name]) => !name.startsWith('MiB')),
    );
    const isSame = counts === last;
    last = counts;
    return isSame && entriesOf(house).length === WARM_LABS && census;
  });
}

function growth(before: Census, after: Census): string[] {
  return Object.entries(after).flatMap(([name, value]) => {
    const was = before[name] ?? 0;
    const more = allowances.find(([pattern]) => pattern.test(name))?.[1] ?? 0;
    return value > was + more ? [`${name}: ${was.toFixed(1)}, then ${value.toFixed(1)}`] : [];
  });
}

function sideBySide(
  before: Census,
  after: Census,
): Record<string, { before: string; after: string }> {
  return Object.fromEntries(
    Object.entries(after).map(([name, value]) => [
      name,
      { before: (before[name] ?? 0).toFixed(1), after: value.toFixed(1) },
    ]),
  );
}
