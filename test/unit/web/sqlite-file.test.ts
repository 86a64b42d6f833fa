// The SQLite file: migrations, damage, permissions, and what a crash leaves.
import { fork } from 'node:child_process';
import { chmodSync, chownSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ExplainedError } from '../../../server/foundation/errors.ts';
import { newLabId, newLearnerId } from '../../../server/foundation/random-id.ts';
import { migrations } from '../../../server/web/store/migrations.ts';
import { openDatabase } from '../../../server/web/store/open-database.ts';
import { openSqliteStore } from '../../../server/web/store/sqlite-store.ts';
import { temporaryDirectory } from './web-under-test.ts';

/** No account has it; what matters is that it is not root. */
const ORDINARY_USER = 61_001;

const two = ['create table a (x integer) strict', 'alter table a add column y integer'];

function aPath(): string {
  return join(temporaryDirectory(), 'progress.sqlite');
}

function failureOf(work: () => unknown): ExplainedError {
  try {
    work();
  } catch (error) {
    if (error instanceof ExplainedError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

function opened(path: string, steps: readonly string[]): DatabaseSync {
  const database = openDatabase(path, steps);
  onTestFinished(() => {
    if (database.isOpen) database.close();
  });
  return database;
}

describe('migrations', () => {
  it('run once each, in order, and keep the rows', () => {
    const path = aPath();
    const before = opened(path, two.slice(0, 1));
    before.exec('insert into a values (7)');
    before.close();
    const after = opened(path, two);
    expect({ ...after.prepare('select * from a').get() }).toEqual({ x: 7, y: null });
    expect({ ...after.prepare('pragma user_version').get() }).toEqual({ user_version: 2 });
    after.close();
    opened(path, two);
  });

  it('leave the file as it was when one of them fails', () => {
    const path = aPath();
    opened(path, two.slice(0, 1)).close();
    expect(failureOf(() => openDatabase(path, [...two, 'not sql'])).code).toBe('store-failed');
    const database = opened(path, two.slice(0, 1));
    expect({ ...database.prepare('pragma user_version').get() }).toEqual({ user_version: 1 });
  });

  it('of a newer Coulisse are refused, and the file is not touched', () => {
    const path = aPath();
    const newer = opened(path, migrations);
    newer.exec('pragma user_version = 99');
    newer.close();
    const bytes = readFileSync(path);
    const failure = failureOf(() => openSqliteStore(path));
    expect(failure.code).toBe('store-too-new');
    expect(failure.message).toContain('version 99');
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });
});

describe('an unusable file', () => {
  it('that is no database is named, with what to do', () => {
    const path = aPath();
    writeFileSync(path, 'this is not a database, '.repeat(100));
    const failure = failureOf(() => openSqliteStore(path));
    expect(failure.code).toBe('store-damaged');
    expect(failure.message).toContain(`move ${path}`);
    expect(readFileSync(path, 'utf8')).toContain('this is not a database');
  });

  it('that is damaged inside is found at the start, not at some later tick', async () => {
    const path = aPath();
    const store = openSqliteStore(path);
    for (let row = 0; row < 500; row += 1) {
      const learner = newLearnerId();
      await store.takeLab({ learner, candidate: newLabId(), fresh: false, at: row });
    }
    await store.close();
    const bytes = readFileSync(path);
    bytes.fill(0xff, 4096 * 3, 4096 * 5);
    writeFileSync(path, bytes);
    expect(failureOf(() => openSqliteStore(path)).code).toBe('store-damaged');
  });

  it('in a directory that is not there is named', () => {
    const path = join(aPath(), 'missing', 'progress.sqlite');
    expect(failureOf(() => openSqliteStore(path)).code).toBe('store-unwritable');
  });
});

describe('an ordinary user', () => {
  it('who may read but not write the file is told so', async () => {
    const path = aPath();
    opened(path, migrations).close();
    chmodSync(path, 0o444);
    chmodSync(join(path, '..'), 0o555);
    const { said } = openInProcess(path);
    expect(await said('store-unwritable', 'opened')).toBe('store-unwritable');
  });

  it('whose directory it is opens it', async () => {
    const path = aPath();
    if (process.getuid?.() === 0) chownSync(join(path, '..'), ORDINARY_USER, ORDINARY_USER);
    const { said } = openInProcess(path);
    expect(await said('opened', 'store-unwritable')).toBe('opened');
    expect(statSync(path).uid).toBe(process.getuid?.() === 0 ? ORDINARY_USER : process.getuid?.());
  });
});

describe('a process killed by -9', () => {
  it('loses nothing that it had acknowledged', async () => {
    const path = aPath();
    if (process.getuid?.() === 0) chownSync(join(path, '..'), ORDINARY_USER, ORDINARY_USER);
    const { said, child } = openInProcess(path, 'and-write');
    await said('50');
    const acknowledged = new Promise<number>((resolve) => {
      let last = 50;
      child.on('message', (message) => (last = Number(message)));
      child.once('exit', () => resolve(last));
    });
    child.kill('SIGKILL');
    const last = await acknowledged;
    const rows = opened(path, migrations).prepare('select check_id from progress').all();
    expect(rows.length).toBeGreaterThanOrEqual(last);
  });
});

/** Opens the store in a process that is no longer root. `said` resolves with the first of its words. */
function openInProcess(path: string, ...more: string[]) {
  const child = fork(join(import.meta.dirname, 'open-store-process.ts'), [
    path,
    String(ORDINARY_USER),
    ...more,
  ]);
  onTestFinished(() => void child.kill('SIGKILL'));
  const said = (...words: string[]) =>
    new Promise<string>((resolve, reject) => {
      child.on('message', (message) => {
        if (typeof message === 'string' && words.includes(message)) resolve(message);
      });
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`ended with ${code} before ${words.join()}`)));
    });
  return { child, said };
}
