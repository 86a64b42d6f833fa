// What the terminal benchmark needs of any terminal, whoever serves it, and how to wait on one. Knows no peer.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DisposalStack } from '../../../server/foundation/disposal.ts';
import { Tail } from '../prompt.ts';

const PATIENCE_MS = 60_000;

/** Keys before the line is cleared: a line that wraps echoes more than its key. */
export const KEYS_A_LINE = 40;
export const CLEAR_LINE = '\x15';

/** One terminal as its client sees it. */
export interface Line {
  type(text: string): void;
  /** Called for each piece of output when the client has parsed it. */
  onOutput: ((data: Uint8Array) => void) | undefined;
  /** From now on the client parses nothing and acknowledges nothing. */
  stall(): void;
  close(): void;
}

/** A server of terminals; or none, for the floor. */
export type Peer = {
  name: string;
  /** Process whose memory counts; undefined when it is the client's own. */
  serverPid: number | undefined;
  /** Directory that shells may write to and that this peer's shells share. */
  scratch: string;
  /** Opens a terminal and waits for its prompt; `rate` in bytes a second that the client can parse. */
  open(options?: { rate?: number }): Promise<Line>;
};

/** A directory for a peer's shells that goes with the run. */
export function makeScratch(closings: DisposalStack): string {
  const scratch = mkdtempSync(join(tmpdir(), 'coulisse-bench-'));
  closings.add('scratch', () => rmSync(scratch, { recursive: true, force: true }));
  return scratch;
}

/** Types and waits until the parsed output ends with a prompt. Resolves to the milliseconds. */
export function runToPrompt(line: Line, text: string): Promise<number> {
  return until(line, text, (tail) => tail.isPrompt);
}

/** Types and waits for a mark in the parsed output. Resolves to the milliseconds. */
export function runToMark(line: Line, text: string, mark: string): Promise<number> {
  return until(line, text, (tail) => tail.includes(mark));
}

/** Waits for the prompt of a shell that has just been started. */
export function firstPrompt(line: Line): Promise<number> {
  return until(line, '', (tail) => tail.isPrompt);
}

/** Types one key and resolves to the milliseconds until its echo. */
export function echo(line: Line, key: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('no echo')), PATIENCE_MS);
    const byte = key.charCodeAt(0);
    line.onOutput = (data) => {
      if (!data.includes(byte)) return;
      const took = performance.now() - start;
      clearTimeout(late);
      line.onOutput = undefined;
      resolve(took);
    };
    const start = performance.now();
    line.type(key);
  });
}

/** A command that writes lines of 79 characters for ever. */
export const FLOOD = `yes ${'0123456789'.repeat(8).slice(1)}\n`;

/** Starts a flood and lets it run for `milliseconds`. */
export async function flood(line: Line, milliseconds: number): Promise<void> {
  line.type(FLOOD);
  await sleep(milliseconds);
}

function until(line: Line, text: string, isThere: (tail: Tail) => boolean): Promise<number> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`no answer to ${text}`)), PATIENCE_MS);
    const tail = new Tail();
    line.onOutput = (data) => {
      tail.add(data);
      if (!isThere(tail)) return;
      const took = performance.now() - start;
      clearTimeout(late);
      line.onOutput = undefined;
      resolve(took);
    };
    const start = performance.now();
    if (text !== '') line.type(text);
  });
}
