// Whether ^S seems to have stopped a terminal's output (IXON, termios(3)). Nobody says so: it is what follows
// from a ^S after which nothing was printed. Knows no emulator.

import { STOP_ON_ITS_WAY_MS, STOP_QUIET_MS } from '../../server/protocol/flow-control.ts';

const STOP = 0x13;
const START = 0x11;

export type OutputStop = ReturnType<typeof watchOutputStop>;

export function watchOutputStop(changed: (stopped: boolean) => void) {
  let quiet: ReturnType<typeof setTimeout> | undefined;
  let typedAt = -Infinity;
  let isStopped = false;

  function set(stopped: boolean): void {
    clearTimeout(quiet);
    quiet = undefined;
    if (stopped === isStopped) return;
    isStopped = stopped;
    changed(stopped);
  }

  function listen(): void {
    clearTimeout(quiet);
    quiet = setTimeout(() => set(true), STOP_QUIET_MS);
  }

  function handleKey(isStop: boolean): void {
    if (!isStop) return set(false);
    typedAt = performance.now();
    listen();
  }

  return {
    /** Typed here, or by another page. */
    handleKey,
    handleTyped(data: Uint8Array): void {
      for (const byte of data) if (byte === START || byte === STOP) handleKey(byte === STOP);
    },
    /** Another page of this browser knows: it was stopped and has shown nothing since, or goes on. That it goes on
     * there is no answer to a ^S that was typed here. */
    handleKnown(stopped: boolean): void {
      if (stopped || isStopped) set(stopped);
    },
    handleOutput(): void {
      const mayHaveBeenOnItsWay = performance.now() - typedAt < STOP_ON_ITS_WAY_MS;
      if (quiet !== undefined && mayHaveBeenOnItsWay) listen();
      else set(false);
    },
    close: (): void => clearTimeout(quiet),
  };
}
