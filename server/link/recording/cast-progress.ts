// How far a recording has come, read from its own lines: what whoever goes on with it must know. Knows no file.
import { z } from 'zod';
import type { TerminalSize } from '../../protocol/ids.ts';
import { readStart } from './cast.ts';

const headerSizeSchema = z.looseObject({ width: z.int(), height: z.int() });
const eventSchema = z.tuple([z.number().min(0), z.string(), z.string()]);
const sizeSchema = z.string().regex(/^\d+x\d+$/);

export type CastProgress = {
  bytes: number;
  /** Milliseconds since the epoch, and since then at the last event. */
  startedAt: number;
  last: number;
  /** Of the terminal, at the end. */
  size: TerminalSize;
  /** Bytes of the lines that are looks at the lab. */
  looked: number;
};

/** Undefined when it is none that is whole to its last line. */
export function readProgress(cast: Buffer): CastProgress | undefined {
  const [header = '', ...lines] = cast.toString().split('\n');
  const startedAt = readStart(header);
  if (startedAt === undefined || lines.pop() !== '') return undefined;
  const { width: cols, height: rows } = headerSizeSchema.parse(JSON.parse(header));
  const progress = { bytes: cast.length, startedAt, last: 0, size: { cols, rows }, looked: 0 };
  for (const line of lines) {
    const [at, code, data] = eventSchema.parse(JSON.parse(line));
    progress.last = at * 1000;
    if (code === 'k') progress.looked += Buffer.byteLength(line) + 1;
    if (code === 'r') progress.size = readSize(data);
  }
  return progress;
}

function readSize(text: string): TerminalSize {
  const [cols = 0, rows = 0] = sizeSchema.parse(text).split('x').map(Number);
  return { cols, rows };
}
