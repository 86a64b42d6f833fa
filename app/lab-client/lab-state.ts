// What a page knows about its lab, as one value; and the places in it that are the learner's terminals 1
// and 2. Knows no socket and no drawing.
import type {
  CheckState,
  ErrorCode,
  Recording,
  RecordingEnd,
  SeenParameters,
  ServerMessage,
} from '../../server/protocol/browser-messages.ts';
import type { HomeState } from '../../server/protocol/home.ts';
import type { Reason } from '../../server/protocol/reasons.ts';
import type { StepRef, TerminalSize } from '../../server/protocol/ids.ts';

export type SlotNumber = 1 | 2;
export const slotNumbers: readonly SlotNumber[] = [1, 2];

export type Slot =
  | { state: 'empty' }
  | { state: 'opening'; request: number }
  | { state: 'open'; terminal: number }
  | { state: 'ended'; terminal: number; code: number | null; signal: number | null };

/** Why a page does not come back by itself. */
export type StopReason =
  'lab-gone' | 'lab-failed' | 'refused' | 'other-version' | 'protocol' | 'lessons-only';

export type QueueReason = Extract<ServerMessage, { type: 'queued' }>['reason'];

/** Why a page is away, where that is known. */
export type WaitReason = 'restart' | 'not-ready' | 'unreachable';

export type Connection =
  /** The learner has not asked for a lab. */
  | { phase: 'idle' }
  | { phase: 'connecting'; attempt: number }
  | { phase: 'queued'; before: number; reason: QueueReason }
  | { phase: 'live'; lab: string; role: Role }
  /** Comes back at `retryAt`, milliseconds of this page's clock. */
  | { phase: 'waiting'; attempt: number; retryAt: number; why?: WaitReason }
  | { phase: 'stopped'; why: StopReason };

/** What the learner is told until it is dismissed; renewed: the lab they had ended, this is a fresh one;
 * keys-uncertain: link does not know whether it has what was typed last; keys-lost: the shell had ended before it came. */
export type Notice =
  | Exclude<ErrorCode, 'input-gap'>
  | 'renewed'
  | 'keys-uncertain'
  | 'keys-lost'
  | 'copy-failed'
  | `home-${Exclude<HomeState, 'saved'>}`
  | `recording-${Exclude<RecordingEnd, 'asked' | 'exited'>}`;

export type Role = Extract<ServerMessage, { type: 'welcome' }>['role'];

/** `asking`: numbers of the helpers who would like to have it; `asked`: this page does. */
export type KeyboardState = {
  holder: 'learner' | 'helper';
  yours: boolean;
  asking: number[];
  asked: boolean;
};

/** Until something else is said. */
export function keyboardOf(role: Role): KeyboardState {
  return { holder: 'learner', yours: role === 'learner', asking: [], asked: false };
}

export type LabState = {
  connection: Connection;
  /** When link said that it was made: by that two labs of one name are told apart. */
  createdAt: number | undefined;
  /** Rises with each lab this page has had: the same terminal id in two labs is not the same terminal. */
  epoch: number;
  slots: Record<SlotNumber, Slot>;
  /** Terminals, and requests for one, whose place the learner has closed: they get none again. */
  closing: { terminals: readonly number[]; requests: readonly number[] };
  /** When the lab ends by this page's clock, and by which rule. */
  lifetime: { endsAt: number; reason: 'idle' | 'age' } | undefined;
  /** The checks of the step that link judges now. */
  judged:
    | { step: StepRef; checks: Record<string, CheckState>; hints: string[]; reasons: Reason[] }
    | undefined;
  /** Last answer of each quiz of that step. */
  quizzes: Record<string, 'right' | 'wrong'>;
  /** Everything earned, ever: key of earnedKey, with what was seen. */
  earned: Record<string, SeenParameters>;
  /** Set between the wish for a fresh lab and the end of the old one. */
  resetting: boolean;
  notice: Notice | undefined;
  /** Size of each terminal as link last said: a page that does not show one must not change it. */
  sizes: Record<number, TerminalSize>;
  /** Terminals whose size another page of this lab has set. */
  sizedElsewhere: Record<number, TerminalSize>;
  /** Terminals of whose output link had no more the part that this page lacks. */
  gaps: Record<number, true>;
  keyboard: KeyboardState;
  /** By terminal. */
  recordings: Record<number, Recording>;
  /** Terminals that were recorded before the latest welcome: that one is no more would be news. */
  recordedBefore: readonly number[];
};

export const initialLabState: LabState = {
  connection: { phase: 'idle' },
  createdAt: undefined,
  epoch: 0,
  slots: { 1: { state: 'empty' }, 2: { state: 'empty' } },
  closing: { terminals: [], requests: [] },
  lifetime: undefined,
  judged: undefined,
  quizzes: {},
  earned: {},
  resetting: false,
  notice: undefined,
  sizes: {},
  sizedElsewhere: {},
  gaps: {},
  keyboard: keyboardOf('learner'),
  recordings: {},
  recordedBefore: [],
};

export type Place = { chapter: string; step: string };

/** Key of a check or quiz in `earned`. */
export function earnedKey(place: Place, check: string): string {
  return `${place.chapter}/${place.step}/${check}`;
}

/** The terminal shown in a slot, living or ended. */
export function terminalOf(slot: Slot): number | undefined {
  return slot.state === 'open' || slot.state === 'ended' ? slot.terminal : undefined;
}
