// Opens the SQLite file: settings, soundness, then the migrations it lacks. Knows no query.
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { ExplainedError } from '../../foundation/errors.ts';
import { damaged, explainSqliteError } from './sqlite-errors.ts';

/** How long to wait for another process that writes (a backup, say). */
const BUSY_MS = 5_000;

const versionSchema = z.strictObject({ user_version: z.int().min(0) });
const journalSchema = z.strictObject({ journal_mode: z.string() });
const soundnessSchema = z.strictObject({ quick_check: z.string() });

/**
 * Throws ExplainedError: store-unwritable, store-damaged, store-too-new, store-disk. Whatever it throws,
 * the file is as it was: each migration is one transaction.
 */
export function openDatabase(path: string, migrations: readonly string[]): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: BUSY_MS, enableForeignKeyConstraints: true });
    assertSound(database, path);
    assertNotNewer(database, path, migrations.length);
    configure(database, path);
    migrate(database, migrations);
    return database;
  } catch (error) {
    database?.close();
    throw explainSqliteError(error, path);
  }
}

function assertSound(database: DatabaseSync, path: string): void {
  const finding = soundnessSchema.parse(
    database.prepare('pragma quick_check(1)').get(),
  ).quick_check;
  if (finding !== 'ok') throw damaged(path, finding);
}

function assertNotNewer(database: DatabaseSync, path: string, known: number): void {
  const found = readVersion(database);
  if (found <= known) return;
  throw new ExplainedError({
    code: 'store-too-new',
    sentence: `The progress file ${path} was written by a newer Coulisse (version ${found}, this one knows ${known}).`,
    remedy: 'Start that newer Coulisse, or point COULISSE_STATE at another directory.',
  });
}

/** WAL lets a backup read beside us; FULL syncs at each commit, so an acknowledged tick survives power loss. */
function configure(database: DatabaseSync, path: string): void {
  const { journal_mode: mode } = journalSchema.parse(
    database.prepare('pragma journal_mode = wal').get(),
  );
  if (mode !== 'wal') {
    throw new ExplainedError({
      code: 'store-unwritable',
      sentence: `The file system of ${path} does not offer what SQLite's WAL needs.`,
      remedy: 'Point COULISSE_STATE at a local disk, not a network share.',
    });
  }
  database.exec('pragma synchronous = full');
}

function migrate(database: DatabaseSync, migrations: readonly string[]): void {
  // The write lock comes first, so that a file that can't be written is found now and not at the first
  // tick, and so that two processes never run one migration twice.
  database.exec('begin immediate');
  try {
    for (const [index, step] of migrations.entries()) {
      if (index < readVersion(database)) continue;
      database.exec(step);
      database.exec(`pragma user_version = ${index + 1}`);
    }
    database.exec('commit');
  } catch (error) {
    if (database.isTransaction) database.exec('rollback');
    throw error;
  }
}

function readVersion(database: DatabaseSync): number {
  return versionSchema.parse(database.prepare('pragma user_version').get()).user_version;
}
