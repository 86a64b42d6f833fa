// The lines of an asciicast v2 file (docs.asciinema.org/manual/asciicast/v2): a header, then one event a
// line. Bytes become text here, a character that is cut between two chunks in one piece. Knows no file.
import { z } from 'zod';
import type { XrayMessage } from '../../protocol/xray.ts';
import type { TerminalSize } from '../../protocol/ids.ts';

/** What of a header is read again: the rest is for players. */
const headerSchema = z.looseObject({ version: z.literal(2), timestamp: z.int() });

/** `startedAt` in milliseconds since the epoch; the file has whole seconds. */
export function headerLine(size: TerminalSize, startedAt: number): string {
  return line({
    version: 2,
    width: size.cols,
    height: size.rows,
    timestamp: Math.floor(startedAt / 1000),
    env: { SHELL: '/bin/bash', TERM: 'xterm-256color' },
  });
}

/** Milliseconds since the epoch at which a recording with this header began; undefined when it is none. */
export function readStart(header: string): number | undefined {
  try {
    return headerSchema.parse(JSON.parse(header)).timestamp * 1000;
  } catch {
    return undefined;
  }
}

/** Label of the marker at a hole: link was killed, and what it moved just then may be missing. */
export const TORN = 'torn';

export class EventLines {
  /** Bytes that are no UTF-8 become U+FFFD: an asciicast holds text. */
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });

  /** `at` in milliseconds since the begin; empty while only a part of a character has come. */
  output(at: number, chunk: Uint8Array): string {
    return text(at, this.#decoder.decode(chunk, { stream: true }));
  }

  /** What was left of a character that never came to its end. */
  rest(at: number): string {
    return text(at, this.#decoder.decode());
  }
}

export function resizeLine(at: number, { cols, rows }: TerminalSize): string {
  return line([seconds(at), 'r', `${cols}x${rows}`]);
}

export function markerLine(at: number, label: string): string {
  return line([seconds(at), 'm', label]);
}

/** What the lab looks like from then on, or how it has changed: a code of our own, which players pass over. */
export function lookLine(at: number, message: XrayMessage): string {
  return line([seconds(at), 'k', JSON.stringify(message)]);
}

function text(at: number, output: string): string {
  return output === '' ? '' : line([seconds(at), 'o', output]);
}

/** To the microsecond, as asciinema writes them. */
function seconds(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1_000_000;
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
