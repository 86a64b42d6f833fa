// The state directory: who may enter which part, the key, and the lock against a second server. Knows no
// process but by its PID.
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ExplainedError, messageOf } from '../foundation/errors.ts';
import { identify, isAlive } from '../kernel/processes.ts';

/**
 * Users of web and link: numbers that systemd's table of ids (UIDS-GIDS.md) leaves to nobody, so that no
 * account has to be made. They share a group, which may enter the directory of sockets.
 */
export const users = { group: 60_700, web: 60_701, link: 60_702 } as const;

export type StateDirectory = {
  runDir: string;
  keeperDir: string;
  linkDir: string;
  webDir: string;
  /** 32 bytes, hexadecimal: signs cookies and grants. */
  key: string;
  unlock: () => void;
};

/** Opens the directory, making what is missing. Throws ExplainedError when it cannot, or is in use. */
export function openStateDirectory(path: string, asRoot: boolean): StateDirectory {
  const part = (name: string) => join(path, name);
  try {
    mkdirSync(path, { recursive: true, mode: 0o755 });
    const owned = [
      ['run', 0o1770, 0, users.group],
      ['keeper', 0o700, 0, 0],
      ['link', 0o700, users.link, users.group],
      ['web', 0o700, users.web, users.group],
    ] as const;
    for (const [name, mode, user, group] of owned) {
      mkdirSync(part(name), { recursive: true });
      if (asRoot) chownSync(part(name), user, group);
      chmodSync(part(name), asRoot ? mode : 0o700);
    }
  } catch (cause) {
    throw new ExplainedError({
      code: 'no-state-directory',
      sentence: `The state directory ${path} cannot be made or entered: ${messageOf(cause)}.`,
      remedy: 'Set COULISSE_STATE to a directory that this user may write.',
      cause,
    });
  }
  const unlock = lock(part('run'));
  return {
    runDir: part('run'),
    keeperDir: part('keeper'),
    linkDir: part('link'),
    webDir: part('web'),
    key: readKey(part('secret.key')),
    unlock,
  };
}

const lockSchema = z.strictObject({ pid: z.int(), startTime: z.int() });

function lock(runDir: string): () => void {
  const path = join(runDir, 'main.lock');
  const holder = readLock(path);
  if (holder !== undefined && isAlive(holder)) {
    throw new ExplainedError({
      code: 'already-running',
      sentence: `Coulisse is running already, as process ${holder.pid}.`,
      remedy: 'Stop it first, or set COULISSE_STATE to another directory.',
    });
  }
  writeFileSync(path, JSON.stringify(identify(process.pid)));
  return () => rmSync(path, { force: true });
}

function readLock(path: string): z.infer<typeof lockSchema> | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return lockSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    // Half-written by a process that was killed meanwhile.
    return undefined;
  }
}

function readKey(path: string): string {
  if (!existsSync(path)) writeFileSync(path, randomBytes(32).toString('hex'), { mode: 0o600 });
  const key = readFileSync(path, 'utf8').trim();
  if (/^[0-9a-f]{64}$/.test(key)) return key;
  throw new ExplainedError({
    code: 'bad-key',
    sentence: `${path} does not hold a key of 64 hexadecimal digits.`,
    remedy: 'Remove it: a new one is made, and learners lose their cookies.',
  });
}
