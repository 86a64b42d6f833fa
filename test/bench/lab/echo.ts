// Keys typed into terminals of labs, timed until their echo. Knows no lab.
import { setTimeout as sleep } from 'node:timers/promises';
import type { LabTerminal } from '../../support/lab-terminal.ts';

const PATIENCE_MS = 15_000;
const KEY = 'x';
/** A line that wraps echoes more than its key. */
const KEYS_A_LINE = 40;
const CLEAR_LINE = '\x15';

/** Types one key and resolves to the milliseconds until its echo. */
export function echo(terminal: LabTerminal): Promise<number> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('no echo')), PATIENCE_MS);
    terminal.onOutput = (_offset, data) => {
      if (!data.includes(KEY.charCodeAt(0))) return;
      clearTimeout(late);
      terminal.onOutput = undefined;
      resolve(performance.now() - start);
    };
    const start = performance.now();
    terminal.type(KEY);
  });
}

/** Types a key every so often while `work` is done. */
export async function echoWhile<T>(
  terminal: LabTerminal,
  everyMs: number,
  work: () => Promise<T>,
): Promise<{ samples: number[]; result: T }> {
  const samples: number[] = [];
  const end = new AbortController();
  const typing = (async () => {
    for (let typed = 1; !end.signal.aborted; typed += 1) {
      samples.push(await echo(terminal));
      if (typed % KEYS_A_LINE === 0) terminal.type(CLEAR_LINE);
      await sleep(everyMs);
    }
  })();
  try {
    return { samples, result: await work() };
  } finally {
    end.abort();
    await typing;
    terminal.type(CLEAR_LINE);
  }
}
