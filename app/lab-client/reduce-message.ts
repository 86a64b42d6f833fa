// What each message of link does to the page's state. Pure; the connection's own ends are in reducer.ts.
import type { ServerMessage } from '../../server/protocol/browser-messages.ts';
import type { HomeState } from '../../server/protocol/home.ts';
import type { TerminalSize } from '../../server/protocol/ids.ts';
import type { LabState, Notice, SlotNumber } from './lab-state.ts';
import { earnedKey, initialLabState, keyboardOf, slotNumbers, terminalOf } from './lab-state.ts';
import { reduceAsked, reduceKeyboard } from './keyboard.ts';
import { admitTerminal, assignSlots, readPairing } from './slots.ts';

export type Received = { message: ServerMessage; now: number; pairing?: string | undefined };

type Of<T extends ServerMessage['type']> = Extract<ServerMessage, { type: T }>;

export function reduceMessage(state: LabState, { message, now, pairing }: Received): LabState {
  switch (message.type) {
    case 'welcome':
      return reduceWelcome(state, message, { now, pairing });
    case 'queued':
      return {
        ...state,
        connection: { phase: 'queued', before: message.before, reason: message.reason },
      };
    case 'opened':
      return reduceOpened(withSize(state, message.terminal, message.size), message);
    case 'terminal-added':
      return {
        ...withSize(state, message.state.terminal, message.state.size),
        slots: admitTerminal(state.slots, message.state.terminal),
      };
    case 'exit':
      return reduceExit(state, message);
    case 'checks':
      return reduceChecks(state, message);
    case 'quiz-result':
      return reduceQuizResult(state, message);
    case 'lifetime':
      return { ...state, lifetime: byPageClock(message.lifetime, now) };
    case 'resized':
      return noteSizedElsewhere(state, message);
    case 'home':
      return { ...state, notice: homeNotice(message.home) ?? state.notice };
    case 'error':
      return reduceError(state, message);
    case 'attached':
      return reduceAttached(state, message);
    case 'recording':
      return reduceRecording(state, message);
    case 'recording-gone':
      return { ...state, recordings: without(state.recordings, message.terminal) };
    case 'keyboard':
      return reduceKeyboard(state, message);
    case 'keyboard-asked':
      return reduceAsked(state, message.helper);
    case 'recording-part':
    case 'input-ack':
    case 'flow':
    case 'xray':
    case 'pong':
      // The terminal's own business, the x-ray's, or nobody's.
      return state;
  }
}

/** A screen that is as it would be had all been sent is no gap to a person. */
function reduceAttached(before: LabState, message: Of<'attached'>): LabState {
  const { terminal, gap, screen, size } = message;
  const state = withSize(before, terminal, size);
  const isMissing = gap && screen?.isExact !== true;
  return isMissing ? { ...state, gaps: { ...state.gaps, [terminal]: true } } : state;
}

/** Another page of this lab has set the size. */
export function noteSizedElsewhere(
  state: LabState,
  { terminal, size }: { terminal: number; size: TerminalSize },
): LabState {
  return {
    ...withSize(state, terminal, size),
    sizedElsewhere: { ...state.sizedElsewhere, [terminal]: size },
  };
}

function withSize(state: LabState, terminal: number, size: TerminalSize): LabState {
  const known = state.sizes[terminal];
  if (known?.cols === size.cols && known.rows === size.rows) return state;
  return { ...state, sizes: { ...state.sizes, [terminal]: size } };
}

/** The server's clock and the page's may differ by hours: only the difference is taken over. */
function byPageClock(lifetime: Of<'lifetime'>['lifetime'], now: number): LabState['lifetime'] {
  return { endsAt: now + (lifetime.endsAt - lifetime.now), reason: lifetime.reason };
}

function reduceWelcome(
  state: LabState,
  message: Of<'welcome'>,
  { now, pairing }: { now: number; pairing: string | undefined },
): LabState {
  const isOther = isOtherLab(state, message);
  const closing = isOther ? [] : state.closing.terminals;
  const hadTerminals = slotNumbers.some((number) => state.slots[number].state !== 'empty');
  const renewed = isOther && hadTerminals && !state.resetting;
  return {
    ...state,
    connection: { phase: 'live', lab: message.lab, role: message.role },
    keyboard: keyboardOf(message.role),
    slots: assignSlots({
      before: isOther ? initialLabState.slots : state.slots,
      pairing: readPairing(pairing, message),
      terminals: message.terminals.filter(({ terminal }) => !closing.includes(terminal)),
    }),
    closing: { terminals: closing, requests: [] },
    lifetime: byPageClock(message.lifetime, now),
    resetting: false,
    createdAt: message.createdAt,
    epoch: isOther ? state.epoch + 1 : state.epoch,
    notice:
      (message.created ? homeNotice(message.home) : undefined) ??
      (renewed ? 'renewed' : state.notice),
    sizes: Object.fromEntries(message.terminals.map(({ terminal, size }) => [terminal, size])),
    sizedElsewhere: isOther ? {} : stillElsewhere(state, message),
    recordings: {},
    recordedBefore: isOther ? [] : runningOf(state.recordings),
    gaps: isOther ? {} : state.gaps,
  };
}

/** Whether a welcome is of another lab than the one that the page knows, be it of the same name. */
export function isOtherLab(state: LabState, { createdAt }: Of<'welcome'>): boolean {
  return state.createdAt !== createdAt;
}

/** Whoever set a size before a cut has it after: coming back takes it from nobody. */
function stillElsewhere(state: LabState, { terminals }: Of<'welcome'>): LabState['sizedElsewhere'] {
  const kept = terminals.filter(({ terminal }) => state.sizedElsewhere[terminal] !== undefined);
  return Object.fromEntries(kept.map(({ terminal, size }) => [terminal, size]));
}

function runningOf(recordings: LabState['recordings']): number[] {
  const running = Object.values(recordings).filter(({ ended }) => ended === null);
  return running.map(({ terminal }) => terminal);
}

/** That files were kept as they should be is no news. */
function homeNotice(home: HomeState | null): Notice | undefined {
  return home === null || home === 'saved' ? undefined : `home-${home}`;
}

function reduceOpened(state: LabState, message: Of<'opened'>): LabState {
  if (state.closing.requests.includes(message.request)) return closeOpened(state, message);
  const slots = { ...state.slots };
  const asked = slotNumbers.find((number) => {
    const slot = slots[number];
    return slot.state === 'opening' && slot.request === message.request;
  });
  if (asked === undefined) return { ...state, slots: admitTerminal(slots, message.terminal) };
  slots[asked] = { state: 'open', terminal: message.terminal };
  // What was refused before has been done.
  const isOver = state.notice === 'lab-failed' || state.notice === 'too-many-terminals';
  return { ...state, slots, notice: isOver ? undefined : state.notice };
}

/** Its place was closed while it was on its way. */
function closeOpened(state: LabState, { request, terminal }: Of<'opened'>): LabState {
  const { terminals, requests } = state.closing;
  const left = requests.filter((each) => each !== request);
  return { ...state, closing: { terminals: [...terminals, terminal], requests: left } };
}

function slotOf(state: LabState, terminal: number): SlotNumber | undefined {
  return slotNumbers.find((number) => terminalOf(state.slots[number]) === terminal);
}

function reduceExit(state: LabState, message: Of<'exit'>): LabState {
  const number = slotOf(state, message.terminal);
  if (number === undefined) return state;
  const { terminal, code, signal } = message;
  return {
    ...state,
    slots: { ...state.slots, [number]: { state: 'ended', terminal, code, signal } },
  };
}

function reduceChecks(state: LabState, message: Of<'checks'>): LabState {
  const earned = { ...state.earned };
  for (const check of message.checks) {
    const key = earnedKey(message.step, check.check);
    if (check.earned) earned[key] = check.seen ?? earned[key] ?? {};
    else if (check.follows) delete earned[key];
  }
  const checks = Object.fromEntries(message.checks.map((check) => [check.check, check]));
  const same = state.judged?.step.step === message.step.step;
  return {
    ...state,
    earned,
    judged: { step: message.step, checks, hints: message.hints, reasons: message.reasons },
    quizzes: same ? state.quizzes : {},
  };
}

/** Whether `message` says that a check holds which did not before; what was earned before a step was read does not count. */
export function isEarning({ judged }: LabState, { step, checks }: Of<'checks'>): boolean {
  if (judged?.step.step !== step.step || judged.step.chapter !== step.chapter) return false;
  return checks.some(({ check, earned }) => earned && judged.checks[check]?.earned === false);
}

function reduceQuizResult(state: LabState, message: Of<'quiz-result'>): LabState {
  const key = earnedKey(message.step, message.quiz);
  return {
    ...state,
    quizzes: { ...state.quizzes, [message.quiz]: message.right ? 'right' : 'wrong' },
    earned: message.right ? { ...state.earned, [key]: state.earned[key] ?? {} } : state.earned,
  };
}

/** That a recording ended of itself is said, once. */
function reduceRecording(state: LabState, { recording }: Of<'recording'>): LabState {
  const { terminal, ended } = recording;
  const wasRunning =
    state.recordings[terminal]?.ended === null || state.recordedBefore.includes(terminal);
  const recordings = { ...state.recordings, [terminal]: recording };
  const isNews = wasRunning && ended !== null && ended !== 'asked' && ended !== 'exited';
  const notice: Notice | undefined = isNews ? `recording-${ended}` : state.notice;
  const recordedBefore = state.recordedBefore.filter((each) => each !== terminal);
  return { ...state, recordings, recordedBefore, notice };
}

function without(recordings: LabState['recordings'], terminal: number): LabState['recordings'] {
  const kept = Object.values(recordings).filter((recording) => recording.terminal !== terminal);
  return Object.fromEntries(kept.map((recording) => [recording.terminal, recording]));
}

function reduceError(state: LabState, message: Of<'error'>): LabState {
  const slots = { ...state.slots };
  for (const number of slotNumbers) {
    const slot = slots[number];
    if (slot.state === 'opening' && slot.request === message.request) {
      slots[number] = { state: 'empty' };
    }
  }
  // A gap is mended by the stream itself.
  return { ...state, slots, notice: message.code === 'input-gap' ? state.notice : message.code };
}
