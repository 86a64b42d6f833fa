// Who types in this lab, as the page knows it: its learner, or a helper who was lent the keyboard. Pure.
import type { ServerMessage } from '../../server/protocol/browser-messages.ts';
import type { LabState } from './lab-state.ts';

/** Who still asks is said again after it. */
export function reduceKeyboard(
  state: LabState,
  { holder, yours }: Extract<ServerMessage, { type: 'keyboard' }>,
): LabState {
  return { ...state, keyboard: { holder, yours, asking: [], asked: false } };
}

export function reduceAsked(state: LabState, helper: number): LabState {
  const { asking } = state.keyboard;
  if (asking.includes(helper)) return state;
  return { ...state, keyboard: { ...state.keyboard, asking: [...asking, helper] } };
}

/** What is typed into a page of which this is false would be refused, and must not be sent. */
export function mayType({ keyboard }: LabState): boolean {
  return keyboard.yours;
}

/** Whether this page sets the size of a terminal: another page that set it last keeps it until this one claims it. */
export function ownsSize(state: LabState, terminal: number | undefined): boolean {
  return mayType(state) && (terminal === undefined || state.sizedElsewhere[terminal] === undefined);
}

/** Whether this page may open, record, keep and reset. */
export function ownsLab({ connection }: LabState): boolean {
  return connection.phase === 'live' && connection.role === 'learner';
}
