// Structured log lines, one JSON object a line on standard error. Knows no process but its name.
import { pino, type Logger } from 'pino';

export type Log = Logger;

/** A log for one process; `level` is a pino level name. */
export function createLog(process: 'main' | 'keeper' | 'link' | 'web', level: string): Log {
  return pino({ level, base: { process } }, pino.destination({ fd: 2, sync: true }));
}
