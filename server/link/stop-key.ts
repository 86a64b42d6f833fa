// Whether ^S may have stopped a terminal's output (IXON, termios(3)), for pages that have not seen the key. The kernel
// tells nobody: it is what follows from a ^S after which nothing was printed. Knows no page.
import { STOP_ON_ITS_WAY_MS, STOP_QUIET_MS } from '../protocol/flow-control.ts';

const STOP = 0x13;
const START = 0x11;

/** Whether the last of both keys in what was typed is ^S; undefined when it has none of them. */
export function findStopKey(typed: Uint8Array): boolean | undefined {
  const [stop, start] = [typed.lastIndexOf(STOP), typed.lastIndexOf(START)];
  return stop === start ? undefined : stop > start;
}

export class StopKey {
  /** performance.now() when ^S was typed, and when something last moved since. */
  #typedAt: number | undefined;
  #movedAt = 0;

  /** ^S was the last of both, and nothing was printed since but what was on its way. */
  get isStop(): boolean {
    return this.#typedAt !== undefined;
  }

  noteTyped(typed: Uint8Array): void {
    const isStop = findStopKey(typed);
    if (isStop === undefined) return;
    this.#typedAt = isStop ? (this.#movedAt = performance.now()) : undefined;
  }

  notePrinted(): void {
    if (this.#typedAt === undefined) return;
    const now = performance.now();
    const wasQuiet = now - this.#movedAt >= STOP_QUIET_MS;
    if (wasQuiet || now - this.#typedAt >= STOP_ON_ITS_WAY_MS) this.#typedAt = undefined;
    else this.#movedAt = now;
  }
}
