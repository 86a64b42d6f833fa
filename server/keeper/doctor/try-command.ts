// Runs one command of the machine for a probe. Knows no probe.
import { spawnSync } from 'node:child_process';

/** Milliseconds; a probe that hangs says something too. */
const WITHIN_MS = 10_000;

/** Its standard output, trimmed. Throws with the first line of what it complained about. */
export function tryCommand(command: string, args: readonly string[]): string {
  const ended = spawnSync(command, args, { encoding: 'utf8', timeout: WITHIN_MS });
  if (ended.error !== undefined)
    throw new Error(`${command} cannot be run: ${ended.error.message}`);
  if (ended.status === 0) return ended.stdout.trim();
  const [complaint = ''] = ended.stderr.trim().split('\n');
  throw new Error(
    complaint === '' ? `${command} ended with ${ended.status ?? ended.signal}` : complaint,
  );
}
