// One connection to link: grant, WebSocket, hello, then messages and frames both ways until it closes.
// Knows no state and no retry.
import type { ClientMessage, ServerMessage } from '../../server/protocol/browser-messages.ts';
import { PROTOCOL_VERSION, serverMessageSchema } from '../../server/protocol/browser-messages.ts';
import { closeReasons } from '../../server/protocol/close-codes.ts';
import type { Frame } from '../../server/protocol/frames.ts';
import { decodeFrame, encodeFrame } from '../../server/protocol/frames.ts';
import { startPulse } from './pulse.ts';
import { onWake } from './wake.ts';
import type { Refusal } from './web-client.ts';
import { askLab } from './web-client.ts';

export type ConnectionEnd = { refusal: Refusal } | { closeCode: number };

export type ConnectionEvents = {
  onMessage(message: ServerMessage): void;
  onFrame(frame: Frame): void;
  /** Called once; nothing follows. */
  onEnd(end: ConnectionEnd): void;
};

export type LinkConnection = {
  send(message: ClientMessage): void;
  sendFrame(frame: Frame): void;
  /** Something of what was sent has not left the browser yet. */
  isSending(): boolean;
  close(): void;
};

/** What browsers say of a connection that ended without a close frame (RFC 6455 section 7.1.5). */
const CUT = 1006;

/** From the request for a grant to an open WebSocket. */
const OPEN_WITHIN_MS = 10_000;

/** Name of this page instance. Input offsets are counted by it, so a copy of the tab must not share it:
 * that is why it is kept in no storage. */
const client = crypto.randomUUID();

/** `fresh`: for a new lab in the place of one that was reset. Starts at once; what is sent before the socket is open is lost, so wait for `welcome`. */
export function connectToLink(
  fresh: boolean,
  events: ConnectionEvents,
  openWithinMs = OPEN_WITHIN_MS,
): LinkConnection {
  const abort = new AbortController();
  // Neither a request nor a handshake ends by itself on a network that swallows it.
  const patience = setTimeout(() => {
    abort.abort();
    if (socket !== undefined) giveUp();
  }, openWithinMs);
  let socket: WebSocket | undefined;
  let ended = false;
  let pulse: ReturnType<typeof startPulse> | undefined;

  function end(how: ConnectionEnd): void {
    if (ended) return;
    ended = true;
    clearTimeout(patience);
    pulse?.stop();
    events.onEnd(how);
  }

  function receive(data: unknown): void {
    if (ended) return;
    pulse?.heard();
    if (data instanceof ArrayBuffer) {
      const frame = decodeFrame(new Uint8Array(data));
      if (frame?.kind === 'output') events.onFrame(frame);
      return;
    }
    const message = parseMessage(data);
    if (message !== undefined) return events.onMessage(message);
    // A page older or newer than link: only a reload helps.
    socket?.close();
    end({ closeCode: closeReasons.wrongVersion.code });
  }

  async function open(): Promise<void> {
    const asked = await askLab(fresh, abort.signal);
    if (ended) return;
    if ('refusal' in asked) return end({ refusal: asked.refusal });
    const { lab, grant } = asked.answer;
    const url = new URL('/link', window.location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    socket = new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', () => {
      clearTimeout(patience);
      send({ type: 'hello', version: PROTOCOL_VERSION, grant, lab, client });
      pulse = startPulse({ ask: () => send({ type: 'ping', request: 0 }), dead: giveUp, onWake });
    });
    socket.addEventListener('message', (event: MessageEvent<unknown>) => receive(event.data));
    socket.addEventListener('close', (event) => end({ closeCode: event.code }));
  }

  /** A socket that is dead takes minutes to say so. */
  function giveUp(): void {
    socket?.close();
    end({ closeCode: CUT });
  }

  function send(message: ClientMessage): void {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  }

  void open();
  return {
    send,
    sendFrame(frame) {
      if (socket?.readyState === WebSocket.OPEN) socket.send(encodeFrame(frame));
    },
    isSending: () => (socket?.bufferedAmount ?? 0) > 0,
    close() {
      ended = true;
      clearTimeout(patience);
      pulse?.stop();
      abort.abort();
      socket?.close();
    },
  };
}

function parseMessage(data: unknown): ServerMessage | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    return serverMessageSchema.safeParse(JSON.parse(data)).data;
  } catch {
    return undefined;
  }
}
