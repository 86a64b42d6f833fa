// Says what an error of SQLite means for the person who runs the server. Knows no table.
import { z } from 'zod';
import { ExplainedError, messageOf } from '../../foundation/errors.ts';

/** Result codes of https://sqlite.org/rescode.html that a person can do something about. */
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

const sqliteErrorSchema = z.object({ errcode: z.int() });

export function explainSqliteError(error: unknown, path: string): ExplainedError {
  if (error instanceof ExplainedError) return error;
  const parsed = sqliteErrorSchema.safeParse(error);
  const primaryCode = parsed.success ? parsed.data.errcode & 0xff : undefined;
  switch (primaryCode) {
    case CORRUPT:
    case NOTADB:
      return damaged(path, messageOf(error), error);
    case READONLY:
    case CANTOPEN:
      return new ExplainedError({
        code: 'store-unwritable',
        sentence: `The progress file ${path} can't be opened for writing.`,
        remedy:
          'Give it and its directory to the user that web runs as, on a disk mounted read-write.',
        cause: error,
      });
    case FULL:
    case IOERR:
      return new ExplainedError({
        code: 'store-disk',
        sentence: `The disk of the progress file ${path} is full or failing (${messageOf(error)}).`,
        remedy: 'Free some space there; nothing that was acknowledged is lost.',
        cause: error,
      });
    default:
      return new ExplainedError({
        code: 'store-failed',
        sentence: `The progress file ${path} failed: ${messageOf(error)}.`,
        cause: error,
      });
  }
}

export function damaged(path: string, finding: string, cause?: unknown): ExplainedError {
  return new ExplainedError({
    code: 'store-damaged',
    sentence: `The progress file ${path} is damaged (${finding}).`,
    remedy: `Put a backup in its place, or move ${path}, ${path}-wal and ${path}-shm away to begin with empty progress.`,
    cause,
  });
}
