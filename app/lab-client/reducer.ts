// The page's state machine: what happened in, the next state out. Pure; knows no socket, clock or storage.
import type { ServerMessage } from '../../server/protocol/browser-messages.ts';
import { closeReasons } from '../../server/protocol/close-codes.ts';
import type { TerminalSize } from '../../server/protocol/ids.ts';
import type { ProgressAnswer } from '../../server/protocol/web-api.ts';
import type {
  Connection,
  LabState,
  Notice,
  Slot,
  SlotNumber,
  StopReason,
  WaitReason,
} from './lab-state.ts';
import { initialLabState, slotNumbers, terminalOf } from './lab-state.ts';
import { noteSizedElsewhere, reduceMessage } from './reduce-message.ts';

export type LabEvent =
  /** The learner wants a lab, or wants to be connected again now. */
  | { type: 'start' }
  /** Web or link cannot be reached, or asks to come back: `retryAt` by the page's clock. */
  | { type: 'lost'; retryAt: number; closeCode?: number; unreachable?: true }
  /** Web will not give a lab. */
  | { type: 'stopped'; why: StopReason }
  /** `pairing` is what was kept about slots, for a welcome. `now` is the page's clock. */
  | { type: 'message'; message: ServerMessage; now: number; pairing?: string | undefined }
  | { type: 'opening'; slot: SlotNumber; request: number }
  | { type: 'slot-cleared'; slot: SlotNumber }
  | { type: 'resetting' }
  | { type: 'progress'; answer: ProgressAnswer }
  | { type: 'sized-elsewhere'; terminal: number; size: TerminalSize }
  | { type: 'sized-here'; terminal: number }
  | { type: 'noticed'; notice: Notice }
  | { type: 'gap-seen'; terminal: number }
  /** This page has asked for the keyboard. */
  | { type: 'keyboard-wanted' }
  | { type: 'dismissed' };

export function reduceLab(state: LabState, event: LabEvent): LabState {
  switch (event.type) {
    case 'start':
      return {
        ...state,
        connection: { phase: 'connecting', attempt: attemptOf(state.connection) },
      };
    case 'lost':
      return reduceLost(state, event);
    case 'stopped':
      return stop(state, event.why);
    case 'message':
      return reduceMessage(state, event);
    case 'opening':
      return withSlot(state, event.slot, { state: 'opening', request: event.request });
    case 'slot-cleared':
      return withSlot(noteClosing(state, event.slot), event.slot, { state: 'empty' });
    case 'resetting':
      return { ...state, resetting: true };
    case 'progress': {
      const earned = { ...state.earned };
      for (const row of event.answer.earned) {
        earned[`${row.chapter}/${row.step}/${row.check}`] ??= row.seen;
      }
      return { ...state, earned };
    }
    case 'sized-elsewhere':
      return noteSizedElsewhere(state, event);
    case 'sized-here': {
      const { [event.terminal]: _, ...sizedElsewhere } = state.sizedElsewhere;
      return { ...state, sizedElsewhere };
    }
    case 'noticed':
      return { ...state, notice: event.notice };
    case 'gap-seen': {
      const { [event.terminal]: _, ...gaps } = state.gaps;
      return { ...state, gaps };
    }
    case 'keyboard-wanted':
      return { ...state, keyboard: { ...state.keyboard, asked: true } };
    case 'dismissed':
      return { ...state, notice: undefined };
  }
}

function noteClosing(state: LabState, number: SlotNumber): LabState {
  const { terminals, requests } = state.closing;
  const slot = state.slots[number];
  const terminal = terminalOf(slot);
  if (terminal !== undefined) {
    return { ...state, closing: { terminals: [...terminals, terminal], requests } };
  }
  if (slot.state !== 'opening') return state;
  return { ...state, closing: { terminals, requests: [...requests, slot.request] } };
}

function withSlot(state: LabState, number: SlotNumber, slot: Slot): LabState {
  return { ...state, slots: { ...state.slots, [number]: slot } };
}

function attemptOf(connection: Connection): number {
  return connection.phase === 'waiting' || connection.phase === 'connecting'
    ? connection.attempt
    : 0;
}

function reduceLost(state: LabState, lost: Extract<LabEvent, { type: 'lost' }>): LabState {
  const { retryAt, closeCode } = lost;
  const why = closeCode === undefined ? undefined : stopReasonOf(closeCode);
  // A lab that goes because the learner asked for a fresh one is no end: the next connection makes it.
  if (why === 'lab-gone' && state.resetting) {
    return { ...withoutLab(state), connection: { phase: 'connecting', attempt: 0 } };
  }
  if (why !== undefined) return stop(state, why);
  const attempt = attemptOf(state.connection) + 1;
  const cause = waitReasonOf(lost);
  return {
    ...state,
    connection: {
      phase: 'waiting',
      attempt,
      retryAt,
      ...(cause === undefined ? {} : { why: cause }),
    },
    slots: settleOpening(state.slots),
  };
}

function waitReasonOf({
  closeCode,
  unreachable,
}: Extract<LabEvent, { type: 'lost' }>): WaitReason | undefined {
  if (unreachable === true) return 'unreachable';
  if (closeCode === closeReasons.goingAway.code) return 'restart';
  return closeCode === closeReasons.keeperAway.code ? 'not-ready' : undefined;
}

/** The table of close codes says whether to come back; codes that it does not name (1006, …) do. */
function stopReasonOf(closeCode: number): StopReason | undefined {
  const reason = Object.values(closeReasons).find((one) => one.code === closeCode);
  if (reason === undefined || reason.retry) return undefined;
  switch (closeCode) {
    case closeReasons.labGone.code:
      return 'lab-gone';
    case closeReasons.labFailed.code:
      return 'lab-failed';
    case closeReasons.notYours.code:
    case closeReasons.grantInvalid.code:
      return 'refused';
    case closeReasons.wrongVersion.code:
      return 'other-version';
    default:
      return 'protocol';
  }
}

/** An `open` whose answer will not come; the welcome after it lists the terminal if it was made. */
function settleOpening(slots: LabState['slots']): LabState['slots'] {
  const settled = { ...slots };
  for (const number of slotNumbers) {
    if (settled[number].state === 'opening') settled[number] = { state: 'empty' };
  }
  return settled;
}

function stop(state: LabState, why: StopReason): LabState {
  return { ...withoutLab(state), connection: { phase: 'stopped', why } };
}

function withoutLab(state: LabState): LabState {
  return {
    ...initialLabState,
    connection: state.connection,
    epoch: state.epoch,
    earned: state.earned,
  };
}
