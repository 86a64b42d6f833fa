// The store in one SQLite file. Rows are parsed like anything else that comes from outside. Knows no HTTP.
import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { seenParametersSchema } from '../../protocol/browser-messages.ts';
import { labIdSchema } from '../../protocol/ids.ts';
import type { Earned } from '../../protocol/peer-messages.ts';
import { migrations } from './migrations.ts';
import { openDatabase } from './open-database.ts';
import { explainSqliteError } from './sqlite-errors.ts';
import type { LabRequest, Store } from './store.ts';

const labRowSchema = z.strictObject({ lab: labIdSchema });
const progressRowSchema = z.strictObject({
  chapter: z.string(),
  step: z.string(),
  check: z.string(),
  seen: z.string().transform((text) => seenParametersSchema.parse(JSON.parse(text))),
  at: z.number(),
});

/** Opens or makes the file. Throws ExplainedError as openDatabase does. */
export function openSqliteStore(path: string): Store {
  const database = openDatabase(path, migrations);
  const statements = prepare(database);

  const addLearner = (learner: string, at: number) => statements.addLearner.run(learner, at);

  const takeLab = (request: LabRequest) => {
    addLearner(request.learner, request.at);
    const current = statements.currentLab.get(request.learner);
    if (current !== undefined && !request.fresh) return labRowSchema.parse(current).lab;
    statements.addLab.run(request.candidate, request.learner, request.at);
    return request.candidate;
  };

  const recordEarned = ({ learner, step, check, seen, at, lab }: Earned) => {
    addLearner(learner, Math.floor(at));
    const place = [learner, step.course, step.version, step.chapter, step.step, check] as const;
    statements.addProgress.run(...place, JSON.stringify(seen), at, lab);
  };

  /** Rejects with ExplainedError: node:sqlite works in this thread, so nothing comes between. */
  const run = async <T>(work: () => T): Promise<T> => {
    try {
      return work();
    } catch (error) {
      throw explainSqliteError(error, path);
    }
  };

  return {
    takeLab: (request) => run(() => inTransaction(database, () => takeLab(request))),
    ownsLab: (learner, lab) => run(() => statements.ownedLab.get(lab, learner) !== undefined),
    recordEarned: (earned) => run(() => inTransaction(database, () => recordEarned(earned))),
    readProgress: (learner, course, version) =>
      run(() =>
        z.array(progressRowSchema).parse(statements.progress.all(learner, course, version)),
      ),
    close: () => run(() => (database.isOpen ? database.close() : undefined)),
  };
}

function prepare(database: DatabaseSync) {
  return {
    addLearner: database.prepare(
      'insert into learners (id, created_at) values (?, ?) on conflict do nothing',
    ),
    currentLab: database.prepare(
      'select lab from labs where learner = ? order by number desc limit 1',
    ),
    addLab: database.prepare('insert into labs (lab, learner, created_at) values (?, ?, ?)'),
    ownedLab: database.prepare('select lab from labs where lab = ? and learner = ?'),
    addProgress: database.prepare(`
      insert into progress (learner, course, version, chapter, step, check_id, seen, at, lab)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`),
    progress: database.prepare(`
      select chapter, step, check_id as "check", seen, at from progress
      where learner = ? and course = ? and version = ? order by at, chapter, step, check_id`),
  };
}

function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('begin immediate');
  try {
    const result = work();
    database.exec('commit');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('rollback');
    throw error;
  }
}
