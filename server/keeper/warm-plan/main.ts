// Changes or shows the plan of workshops. Started by cli; keeper, if it runs, reads the file by itself.
import { join } from 'node:path';
import { readConfig } from '../../foundation/config.ts';
import { ExplainedError, messageOf } from '../../foundation/errors.ts';
import { inWords, readWish } from './command.ts';
import { endsAt, type Workshop } from './plan.ts';
import { planPath, readPlan, writePlan } from './plan-file.ts';

try {
  const { stateDir, labs: most } = readConfig();
  const path = planPath(join(stateDir, 'keeper'));
  const now = Date.now();
  const wish = readWish(process.argv.slice(2), { most, now });
  const before = readPlan(path);
  if (wish.type !== 'list') writePlan(path, changed(before, wish, now));
  process.stdout.write(inWords(readPlan(path), now));
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
