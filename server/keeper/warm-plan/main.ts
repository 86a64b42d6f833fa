// Changes or shows the plan of workshops. Started by cli; keeper, if it runs, reads the file by itself.
import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readConfig, type Config } from '../../foundation/config.ts';
import { ExplainedError, messageOf } from '../../foundation/errors.ts';
import { inWords, readWish } from './command.ts';
import { endsAt, type Workshop } from './plan.ts';
import { planPath, readPlan, writePlan } from './plan-file.ts';
import { whatIsTight, type Room } from './room.ts';

try {
  const config = readConfig();
  const path = planPath(join(config.stateDir, 'keeper'));
  const now = Date.now();
  const wish = readWish(process.argv.slice(2), { most: config.labs, now });
  const before = readPlan(path);
  if (wish.type !== 'list') writePlan(path, changed(before, wish, now));
  const plan = readPlan(path);
  process.stdout.write(inWords(plan, now));
  for (const sentence of whatIsTight(plan, roomOf(config), now)) {
    process.stderr.write(`Not all of it fits: ${sentence}\n`);
  }
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}

function changed(
  before: readonly Workshop[],
  wish: Exclude<ReturnType<typeof readWish>, { type: 'list' }>,
  now: number,
): Workshop[] {
  const coming = before.filter((one) => endsAt(one) > now);
  if (wish.type === 'add') {
    const { labs, at, forMs } = wish;
    const id = 1 + Math.max(0, ...before.map((one) => one.id));
    return [...coming, { id, labs, at, forMs }];
  }
  if (!coming.some(({ id }) => id === wish.id)) {
    throw new ExplainedError({
      code: 'no-such-workshop',
      sentence: `No workshop ${wish.id} is planned.`,
      remedy: '`npm run coulisse -- warm --list` shows those that are.',
    });
  }
  return coming.filter(({ id }) => id !== wish.id);
}

/** As it is now: what is free when the workshop begins nobody knows. */
function roomOf({ labs, labsPerAddress, limits, diskReserveBytes, stateDir }: Config): Room {
  const disk = statfsSync(nearest(stateDir));
  const memory = readFileSync('/proc/meminfo', 'utf8');
  return {
    labs,
    labsPerAddress,
    diskBytes: limits.diskBytes,
    diskReserveBytes,
    freeDiskBytes: disk.bavail * disk.bsize,
    freeMemoryBytes: Number(/^MemAvailable:\s+(\d+) kB$/m.exec(memory)?.[1]) * 1024,
  };
}

/** The directory, or the one above in which it would be made. */
function nearest(path: string): string {
  return existsSync(path) ? path : nearest(dirname(path));
}
