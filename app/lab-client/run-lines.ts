// Types the lines of a code block into a terminal for the learner, starting the lab and opening the
// terminal where needed. Knows no button.
import { mayType } from './keyboard.ts';
import {
  dispatch,
  openTerminal,
  getLabState,
  startLab,
  streams,
  subscribeToLab,
} from './session.ts';
import type { LabState, SlotNumber } from './lab-state.ts';
import { typeLines } from './type-lines.ts';

/** A lab that is not there by then will not take a click of half a minute ago. */
const LAB_PATIENCE_MS = 30_000;

function whenState<T>(read: (state: LabState) => T | undefined): Promise<T | undefined> {
  return new Promise((resolve) => {
    const ended = new AbortController();
    const finish = (value: T | undefined): void => {
      ended.abort();
      resolve(value);
    };
    const look = (): void => {
      const value = read(getLabState());
      if (value !== undefined) finish(value);
    };
    const timer = setTimeout(() => finish(undefined), LAB_PATIENCE_MS);
    ended.signal.addEventListener('abort', () => clearTimeout(timer));
    ended.signal.addEventListener('abort', subscribeToLab(look));
    look();
  });
}

/** Blocks are typed one after the other: two clicks must not mix their lines. */
let turn: Promise<unknown> = Promise.resolve();

/** Resolves to whether the text was typed. */
export function runLines(slot: SlotNumber, text: string): Promise<boolean> {
  const mine = turn.then(() => runNow(slot, text));
  turn = mine;
  return mine;
}

async function runNow(slot: SlotNumber, text: string): Promise<boolean> {
  startLab();
  const live = await whenState((state) => (state.connection.phase === 'live' ? true : undefined));
  if (live === undefined) return false;
  openTerminal(slot);
  const terminal = await whenState((state) => {
    const place = state.slots[slot];
    return place.state === 'open' ? place.terminal : undefined;
  });
  if (terminal === undefined) return false;
  if (!mayType(getLabState())) {
    dispatch({ type: 'noticed', notice: 'read-only' });
    return false;
  }
  await typeLines(streams.of(terminal), text.replace(/\n+$/, '').split('\n'));
  return true;
}
