// The page's one session with its lab: drives the connection from the state machine, hands bytes to the
// terminals' streams, and says each change of state. Lives as long as the page, across steps. Draws nothing.
import type { ClientMessage, ServerMessage } from '../../server/protocol/browser-messages.ts';
import { closeReasons } from '../../server/protocol/close-codes.ts';
import type { StepRef } from '../../server/protocol/ids.ts';
import { backoffMs } from './backoff.ts';
import { forget, recall, remember } from './browser-storage.ts';
import { followSizes, isPageInUse } from './follow-sizes.ts';
import type { LabState, SlotNumber } from './lab-state.ts';
import { initialLabState } from './lab-state.ts';
import type { LabEvent } from './reducer.ts';
import { isEarning, isOtherLab } from './reduce-message.ts';
import { reduceLab } from './reducer.ts';
import { writePairing } from './slots.ts';
import type { ConnectionEnd, LinkConnection } from './socket.ts';
import { connectToLink } from './socket.ts';
import { whenPaneMeasured } from './pane-size.ts';
import { createStreams } from './streams.ts';
import type { KeysFate } from './terminal-stream.ts';
import { askProgress, askStatus } from './web-client.ts';
import { clearXray, noteEarned, noteTyped, receiveXray } from './xray-store.ts';

let state: LabState = initialLabState;
let connection: LinkConnection | undefined;
let retry: ReturnType<typeof setTimeout> | undefined;
let currentStep: StepRef | undefined;
let requests = 0;
/** What the page draws of the lab: what nobody looks at must cost nothing. */
let drawn: Drawn = { on: false, networks: false };
/** From the end of a lab that this page has reset until it has another. */
let wantsFresh = false;
const listeners = new Set<() => void>();
const messageListeners = new Set<(message: ServerMessage) => void>();

export const getLabState = (): LabState => state;
export const getInitialLabState = (): LabState => initialLabState;

export function subscribeToLab(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Tells of each message of link, after the state has taken it in. */
export function onServerMessage(listener: (message: ServerMessage) => void): () => void {
  messageListeners.add(listener);
  return () => messageListeners.delete(listener);
}

export const streams = createStreams({
  send: (message) => connection?.send(message),
  sendFrame: (frame) => {
    noteTyped(frame.data);
    connection?.sendFrame(frame);
  },
});

export function dispatch(event: LabEvent): void {
  const before = state;
  state = reduceLab(state, event);
  if (state === before) return;
  const { connection: now, createdAt } = state;
  if (now.phase === 'live' && createdAt !== undefined && state.slots !== before.slots) {
    remember('pairing', writePairing({ lab: now.lab, createdAt }, state.slots));
  }
  for (const listener of listeners) listener();
}

export const send = (message: ClientMessage): void => connection?.send(message);

/** Connects, or connects again without waiting. Called by Start, and at page load by who has started once. */
export function startLab(): void {
  const { phase } = state.connection;
  if (phase === 'live' || phase === 'queued' || phase === 'connecting') return;
  remember('started', 'yes');
  dispatch({ type: 'start' });
  connect();
}

/** A person will not wait longer: what is being tried is given up for a new attempt. */
export function connectNow(): void {
  if (state.connection.phase !== 'connecting') return startLab();
  connect();
}

/** Typed keys wait here, which go with the page. */
export function hasKeysWaiting(): boolean {
  const isAway = state.connection.phase !== 'live';
  return isAway ? streams.hasInputLeft() : connection?.isSending() === true;
}

/** The network may be back: who waits need not wait longer. */
export function retryNow(): void {
  if (state.connection.phase === 'waiting') startLab();
}

function connect(): void {
  clearTimeout(retry);
  connection?.close();
  connection = connectToLink(wantsFresh, {
    onMessage: handleMessage,
    onFrame: (frame) => streams.get(frame.terminal)?.handleOutput(frame),
    onEnd: (end) => void handleEnd(end),
  });
}

function handleMessage(message: ServerMessage): void {
  const pairing = message.type === 'welcome' ? recall('pairing') : undefined;
  if (message.type === 'welcome' && isOtherLab(state, message)) {
    streams.clear();
    clearXray();
  }
  const before = state;
  dispatch({ type: 'message', message, now: Date.now(), pairing });
  switch (message.type) {
    case 'welcome':
      wantsFresh = false;
      for (const sized of followSizes(state, streams, { ...message, inUse: isPageInUse() })) {
        dispatch({ type: 'sized-elsewhere', ...sized });
      }
      if (streams.connect(message.terminals)) dispatch({ type: 'noticed', notice: 'keys-lost' });
      hangUpClosing(message.terminals.filter(({ exited }) => !exited));
      if (state.slots[1].state === 'empty') openTerminal(1);
      if (currentStep !== undefined) send({ type: 'step', step: currentStep });
      if (drawn.on) send({ type: 'xray', ...drawn });
      break;
    case 'opened':
      hangUpClosing([message]);
      break;
    case 'checks':
      if (isEarning(before, message)) noteEarned(performance.now());
      break;
    case 'xray':
      receiveXray(message, performance.now());
      break;
    case 'attached':
      noteKeys(streams.get(message.terminal)?.handleAttached(message));
      break;
    case 'exit':
      streams.get(message.terminal)?.handleExit();
      break;
    case 'resized':
      streams.get(message.terminal)?.follow(message.size);
      break;
    case 'input-ack':
      streams.get(message.terminal)?.handleInputAck(message.offset);
      break;
    case 'error':
      if (message.terminal === undefined) break;
      if (message.code === 'input-full' || message.code === 'read-only') {
        streams.get(message.terminal)?.dropInput();
      }
      if (message.code === 'input-gap') streams.get(message.terminal)?.agreeAgain();
      if (message.code === 'no-such-terminal' && streams.get(message.terminal)?.lose() === true) {
        dispatch({ type: 'noticed', notice: 'keys-lost' });
      }
      break;
    default:
      break;
  }
  for (const listener of messageListeners) listener(message);
}

/** What the learner has closed while it was away, or on its way. */
function hangUpClosing(living: readonly { terminal: number }[]): void {
  for (const { terminal } of living) {
    if (state.closing.terminals.includes(terminal)) send({ type: 'close', terminal });
  }
}

function noteKeys(fate: KeysFate | undefined): void {
  if (fate === undefined || fate === 'certain') return;
  dispatch({ type: 'noticed', notice: `keys-${fate}` });
}

async function handleEnd(end: ConnectionEnd) {
  connection = undefined;
  streams.disconnect();
  if ('refusal' in end) {
    if (end.refusal === 'forbidden') return dispatch({ type: 'stopped', why: 'refused' });
    const status = await askStatus();
    // Somebody has connected meanwhile.
    if (connection !== undefined) return;
    if ('answer' in status && status.answer.mode === 'lessons') {
      return dispatch({ type: 'stopped', why: 'lessons-only' });
    }
    return loseConnection(undefined, true);
  }
  loseConnection(end.closeCode);
}

function loseConnection(closeCode?: number, unreachable = false): void {
  const before = state.connection;
  if (state.resetting && closeCode === closeReasons.labGone.code) wantsFresh = true;
  const attempt = before.phase === 'waiting' || before.phase === 'connecting' ? before.attempt : 0;
  const wait = backoffMs(attempt, Math.random());
  const retryAt = Date.now() + wait;
  dispatch({
    type: 'lost',
    retryAt,
    ...(closeCode === undefined ? {} : { closeCode }),
    ...(unreachable ? { unreachable } : {}),
  });
  if (state.connection.phase === 'waiting') retry = setTimeout(startLab, wait);
  if (state.connection.phase === 'connecting') connect();
  if (state.connection.phase === 'stopped' || state.connection.phase === 'connecting') {
    streams.clear();
    forget('pairing');
  }
}

/** The learner reads this step now: its checks are judged from here on. */
export function readStep(step: StepRef): void {
  currentStep = step;
  // Before that, welcome says it.
  if (state.connection.phase === 'live') send({ type: 'step', step });
}

export type Drawn = { on: boolean; networks: boolean };

/** From now on the page draws the lab, and its networks, or does so no more. */
export function drawLab(wish: Drawn): void {
  if (wish.on === drawn.on && wish.networks === drawn.networks) return;
  drawn = wish;
  if (state.connection.phase === 'live') send({ type: 'xray', ...wish });
}

export async function loadProgress(course: string, version: number): Promise<void> {
  const asked = await askProgress(course);
  if ('answer' in asked && asked.answer.version === version) {
    dispatch({ type: 'progress', answer: asked.answer });
  }
}

/** Before Start: says at once when no lab can be had here at all. */
export async function noteWhetherLabsExist(): Promise<void> {
  const asked = await askStatus();
  if (state.connection.phase !== 'idle' || !('answer' in asked)) return;
  if (asked.answer.mode === 'lessons') dispatch({ type: 'stopped', why: 'lessons-only' });
}

/** `home`: whether the fresh lab gets the files of this one. */
export function resetLab(home: 'keep' | 'empty'): void {
  dispatch({ type: 'resetting' });
  send({ type: 'reset', home });
}

/** Opens the learner's terminal 1 or 2, unless it is there or on its way. */
export function openTerminal(slot: SlotNumber): void {
  const { state: place } = state.slots[slot];
  if (state.connection.phase !== 'live' || state.connection.role !== 'learner') return;
  if (place === 'open' || place === 'opening') return;
  requests += 1;
  const request = requests;
  dispatch({ type: 'opening', slot, request });
  void whenPaneMeasured().then((size) => send({ type: 'open', request, size }));
}

/** Hangs up the shell of a place and frees the place. */
export function closeTerminal(slot: SlotNumber): void {
  const place = state.slots[slot];
  if (place.state === 'open') send({ type: 'close', terminal: place.terminal });
  dispatch({ type: 'slot-cleared', slot });
}
