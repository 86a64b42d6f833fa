// The operator's plan of workshops, a file in the state directory that a command writes and keeper reads. Knows no
// lab.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ExplainedError, messageOf } from '../../foundation/errors.ts';
import { planSchema, type Workshop } from './plan.ts';

/** `keeperDir` is keeper's own directory below the state directory. */
export function planPath(keeperDir: string): string {
  return join(keeperDir, 'workshops.json');
}

/** The workshops, by time; none when there is no file. Throws ExplainedError for one that is none of ours. */
export function readPlan(path: string): Workshop[] {
  if (!existsSync(path)) return [];
  try {
    const { workshops } = planSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
    return workshops.toSorted((one, other) => one.at - other.at);
  } catch (cause) {
    throw new ExplainedError({
      code: 'bad-plan',
      sentence: `The plan of workshops ${path} cannot be read: ${messageOf(cause)}.`,
      remedy: 'Remove it and tell of the workshops again by `npm run coulisse -- warm`.',
      cause,
    });
  }
}

/** Replaces the plan in one step. Throws ExplainedError. */
export function writePlan(path: string, workshops: readonly Workshop[]): void {
  try {
    writeFileSync(`${path}.draft`, JSON.stringify({ version: 1, workshops }), { mode: 0o600 });
    renameSync(`${path}.draft`, path);
  } catch (cause) {
    throw new ExplainedError({
      code: 'plan-not-written',
      sentence: `The plan of workshops ${path} cannot be written: ${messageOf(cause)}.`,
      remedy:
        'Run the command as root, with the COULISSE_STATE of the server, once that has been started.',
      cause,
    });
  }
}
