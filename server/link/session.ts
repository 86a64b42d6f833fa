// One WebSocket, from its first byte to its last: hello, grant, limits, and then its lab. Each state has only
// its own fields. Knows no HTTP and no terminal.
import type { Socket } from 'node:net';
import type { RawData, WebSocket } from 'ws';
import { messageOf } from '../foundation/errors.ts';
import type { Log } from '../foundation/log.ts';
import {
  PROTOCOL_VERSION,
  type ClientMessage,
  type ServerMessage,
} from '../protocol/browser-messages.ts';
import { closeReasons, type CloseReason } from '../protocol/close-codes.ts';
import { HELLO_WITHIN_MS, PING_EVERY_MS } from '../protocol/flow-control.ts';
import type { Frame } from '../protocol/frames.ts';
import type { Grant } from '../protocol/grant.ts';
import type { Entry } from './arrival.ts';
import type { GrantReader } from './grant-reader.ts';
import { KeeperFailure } from './keeper-connection.ts';
import type { LabRegistry } from './lab-registry.ts';
import { LabSession, type LabMessage } from './lab-session.ts';
import { HELD_MESSAGES, MESSAGES_AT_ONCE, MESSAGES_PER_SECOND, UNREAD_BYTES } from './limits.ts';
import { readInput, readMessage } from './page-message.ts';
import { Rate } from './rate.ts';

type Hello = Extract<ClientMessage, { type: 'hello' }>;
type Held = { message: LabMessage } | { frame: Frame };

type State =
  | { phase: 'silent'; patience: NodeJS.Timeout }
  /** The lab is being made, or waited for; what comes meanwhile is kept in order. */
  | { phase: 'entering'; leave: () => void; held: Held[] }
  | { phase: 'welcome'; seat: LabSession }
  | { phase: 'ended' };

export type SessionOptions = {
  webSocket: WebSocket;
  /** What it writes to. */
  socket: Socket;
  registry: LabRegistry;
  readGrant: GrantReader;
  log: Log;
  /** It said hello. */
  greeted(): void;
  closed(): void;
};

export class Session {
  readonly #options: SessionOptions;
  readonly #webSocket: WebSocket;
  readonly #rate = new Rate(MESSAGES_PER_SECOND, MESSAGES_AT_ONCE);
  readonly #heartbeat: NodeJS.Timeout;
  #isAlive = true;
  #state: State;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#webSocket = options.webSocket;
    const patience = setTimeout(() => this.end(closeReasons.helloTimeout), HELLO_WITHIN_MS);
    this.#state = { phase: 'silent', patience };
    this.#heartbeat = setInterval(() => this.#beat(), PING_EVERY_MS);
    this.#webSocket.on('message', (data, isBinary) => this.#handleData(data, isBinary));
    this.#webSocket.on('ping', () => this.#mayGoOn());
    this.#webSocket.on('pong', () => {
      this.#isAlive = true;
      this.#mayGoOn();
    });
    this.#webSocket.on('error', (error) => options.log.debug({ reason: error.message }, 'a page'));
    this.#webSocket.on('close', () => this.#handleClose());
  }

  /** Closes the connection; what it sends from now on is not read. */
  end(reason: CloseReason): void {
    this.#leaveState();
    this.#webSocket.close(reason.code, reason.text);
  }

  #handleData(data: RawData, isBinary: boolean): void {
    if (!this.#mayGoOn()) return;
    try {
      if (isBinary) this.#handleFrame(toBytes(data));
      else this.#handleText(toBytes(data));
    } catch (cause) {
      // A bug of ours ends this session and no other.
      this.#options.log.error({ reason: messageOf(cause), cause }, 'a message was not handled');
      this.end(closeReasons.failed);
    }
  }

  /** False, and the end of the session, when the page sends too much, or asks for more than it reads. */
  #mayGoOn(): boolean {
    if (this.#state.phase === 'ended') return false;
    if (!this.#rate.take()) {
      this.end(closeReasons.tooMany);
      return false;
    }
    if (this.#webSocket.bufferedAmount <= UNREAD_BYTES) return true;
    this.end(closeReasons.tooMany);
    // It does not read: nor would it read why.
    this.#webSocket.terminate();
    return false;
  }

  #handleText(bytes: Uint8Array): void {
    const reading = readMessage(bytes);
    if ('fatal' in reading) {
      this.end(reading.fatal);
      return;
    }
    const message = reading.value;
    if (message.type === 'hello') {
      if (this.#state.phase === 'silent') this.#enter(message);
      else this.end(closeReasons.outOfOrder);
      return;
    }
    switch (this.#state.phase) {
      case 'silent':
        this.end(closeReasons.outOfOrder);
        break;
      case 'entering':
        if (message.type === 'ping') this.#send({ type: 'pong', request: message.request });
        else this.#hold(this.#state.held, { message });
        break;
      case 'welcome':
        this.#state.seat.handleMessage(message);
        break;
      case 'ended':
        break;
    }
  }

  #handleFrame(bytes: Uint8Array): void {
    const reading = readInput(bytes);
    if ('fatal' in reading) this.end(reading.fatal);
    else if (this.#state.phase === 'silent') this.end(closeReasons.outOfOrder);
    else if (this.#state.phase === 'entering')
      this.#hold(this.#state.held, { frame: reading.value });
    else if (this.#state.phase === 'welcome') this.#state.seat.handleInput(reading.value);
  }

  #hold(held: Held[], item: Held): void {
    if (held.length < HELD_MESSAGES) held.push(item);
    else this.end(closeReasons.tooMany);
  }

  #enter(hello: Hello): void {
    const reading = this.#options.readGrant(hello.grant, hello.lab);
    if ('fatal' in reading) {
      this.end(reading.fatal);
      return;
    }
    const { grant } = reading;
    this.#leaveState();
    this.#options.greeted();
    const held: Held[] = [];
    const entering: State = { phase: 'entering', leave: () => undefined, held };
    this.#state = entering;
    entering.leave = this.#options.registry.enter(grant, {
      queued: (place) => this.#send({ type: 'queued', ...place }),
      admitted: (entry) => this.#welcome(entry, { grant, client: hello.client, held }),
      refused: (cause) => this.#refuse(cause),
    });
  }

  #welcome(entry: Entry, by: { grant: Grant; client: string; held: Held[] }): void {
    const { lab, created } = entry;
    const seat = new LabSession({
      lab,
      role: by.grant.role,
      client: by.client,
      wire: {
        send: (message) => this.#send(message),
        sendMessage: (message) => this.#sendMessage(message),
        bufferedBytes: () => this.#webSocket.bufferedAmount,
        end: (reason) => this.end(reason),
      },
      reset: (home) => this.#options.registry.destroy(lab, home === 'keep' ? 'save' : 'forget'),
    });
    if (!lab.join(seat)) {
      this.end(closeReasons.tooMany);
      return;
    }
    this.#state = { phase: 'welcome', seat };
    this.#send({
      type: 'welcome',
      version: PROTOCOL_VERSION,
      lab: lab.id,
      role: by.grant.role,
      terminals: lab.terminals.states(),
      lifetime: lab.lifetime,
      created,
      createdAt: lab.createdAt,
      home: lab.home,
    });
    for (const recording of lab.recordings.states()) this.#send({ type: 'recording', recording });
    lab.keyboard.welcome(seat);
    for (const item of by.held) {
      if ('frame' in item) seat.handleInput(item.frame);
      else seat.handleMessage(item.message);
    }
  }

  #refuse(cause: unknown): void {
    const failure = cause instanceof KeeperFailure ? cause.failure : 'failed';
    if (failure === 'away') this.end(closeReasons.keeperAway);
    else if (failure === 'no-such-lab') this.end(closeReasons.labGone);
    else {
      this.#options.log.warn({ reason: messageOf(cause) }, 'a lab was not made');
      this.#send({ type: 'error', code: 'lab-failed', sentence: messageOf(cause) });
      this.end(closeReasons.labFailed);
    }
  }

  #send(message: ServerMessage): void {
    this.#webSocket.send(JSON.stringify(message));
  }

  /**
   * A WebSocket message that is whole already. `ws` would write its head and its payload by two calls; without
   * compression it holds nothing back, so that messages stay in order on the socket below it.
   */
  #sendMessage(message: Uint8Array): void {
    if (this.#webSocket.readyState === this.#webSocket.OPEN) this.#options.socket.write(message);
  }

  #beat(): void {
    if (!this.#isAlive) {
      this.#webSocket.terminate();
      return;
    }
    this.#isAlive = false;
    this.#webSocket.ping();
  }

  #handleClose(): void {
    clearInterval(this.#heartbeat);
    this.#leaveState();
    this.#options.closed();
  }

  #leaveState(): void {
    const state = this.#state;
    this.#state = { phase: 'ended' };
    if (state.phase === 'silent') clearTimeout(state.patience);
    else if (state.phase === 'entering') state.leave();
    else if (state.phase === 'welcome') state.seat.close();
  }
}

/** `ws` gives Buffers, since binaryType is nodebuffer; the other two forms are for completeness of its type. */
function toBytes(data: RawData): Uint8Array {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : new Uint8Array(data);
}
