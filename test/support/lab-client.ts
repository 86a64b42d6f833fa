// A client of docs/PROTOCOL.md for Node, used by every test and bench: connects, opens terminals, types,
// waits for output. Buffers are bounded. Knows nothing of link but its protocol.
import { randomUUID } from 'node:crypto';
import { WebSocket, type RawData } from 'ws';
import {
  PROTOCOL_VERSION,
  serverMessageSchema,
  type ClientMessage,
  type ServerMessage,
} from '../../server/protocol/browser-messages.ts';
import { decodeFrame } from '../../server/protocol/frames.ts';
import type { StepRef, TerminalSize } from '../../server/protocol/ids.ts';
import type { LabPeer, MessageOf } from './lab-peer.ts';
import { LabTerminal } from './lab-terminal.ts';
import { patient } from './patience.ts';

export type LabClientOptions = {
  /** Of the WebSocket, such as ws://127.0.0.1:3000/link. */
  url: string;
  grant: string;
  lab: string;
  /** Default: the URL's own host. */
  origin?: string;
  /** Default: a new one. The same again resumes the counting of typed bytes. */
  client?: string;
  /** Default: as fast as this process can. */
  parseBytesPerSecond?: number;
  /** Default true: keep the terminals' text, for waitForOutput. */
  keepText?: boolean;
  /** The learner's address, where the house believes proxies. */
  forwardedFor?: string;
};

export type AttachOptions = {
  offset?: number;
  size?: TerminalSize;
  prepare?: (terminal: LabTerminal) => void;
};

export type Closed = { code: number; reason: string };

/** Milliseconds anything is waited for unless the caller says otherwise. */
const PATIENCE_MS = 15_000;
const KEPT_MESSAGES = 2_000;
const defaultSize: TerminalSize = { cols: 80, rows: 24 };

type Waiting = {
  accepts(message: ServerMessage): boolean;
  give(message: ServerMessage): void;
  fail(error: Error): void;
};

export class LabClient implements LabPeer {
  readonly client: string;
  /** Resolves when the connection has closed, whoever closed it. */
  readonly closed: Promise<Closed>;
  readonly terminals = new Map<number, LabTerminal>();
  readonly options: LabClientOptions;
  readonly #socket: WebSocket;
  #messages: ServerMessage[] = [];
  readonly #waiting = new Set<Waiting>();
  #request = 0;
  #end: Error | undefined;
  #welcome: MessageOf<'welcome'> | undefined;

  constructor(options: LabClientOptions) {
    this.options = options;
    this.client = options.client ?? randomUUID();
    const origin = options.origin ?? new URL(options.url.replace(/^ws/, 'http')).origin;
    const { forwardedFor } = options;
    this.#socket = new WebSocket(options.url, {
      origin,
      perMessageDeflate: false,
      ...(forwardedFor === undefined ? {} : { headers: { 'x-forwarded-for': forwardedFor } }),
    });
    this.#socket.binaryType = 'nodebuffer';
    this.closed = new Promise((resolve) => {
      this.#socket.on('close', (code, reason) => {
        const closed = { code, reason: reason.toString() };
        resolve(closed);
        this.#handleClose(closed);
      });
    });
    // An error is always followed by close, which is what callers wait for.
    this.#socket.on('error', () => undefined);
    this.#socket.on('message', (data, isBinary) => this.#handleData(data, isBinary));
    this.#socket.on('open', () => this.#sayHello());
  }

  /** What link said of the lab at welcome. Throws before. */
  get welcome(): MessageOf<'welcome'> {
    if (this.#welcome === undefined) throw new Error('not welcome yet');
    return this.#welcome;
  }

  send(message: ClientMessage): void {
    this.#socket.send(JSON.stringify(message));
  }

  /** The same, directly after hello. */
  sendWhenOpen(message: ClientMessage): void {
    this.#socket.once('open', () => this.send(message));
  }

  /** Anything at all, for tests of bad input. */
  sendRaw(data: string | Uint8Array): void {
    this.#socket.send(data);
  }

  /**
   * The next message of this type that fits and that nobody has taken; one that came before counts. Rejects
   * after `within` milliseconds, or when the connection closes first.
   */
  next<Type extends ServerMessage['type']>(
    type: Type,
    fits: (message: MessageOf<Type>) => boolean = () => true,
    within = PATIENCE_MS,
  ): Promise<MessageOf<Type>> {
    const isWanted = (message: ServerMessage): message is MessageOf<Type> =>
      isOfType(message, type) && fits(message);
    const early = this.#messages.find(isWanted);
    if (early !== undefined) {
      this.#messages = this.#messages.filter((message) => message !== early);
      return Promise.resolve(early);
    }
    if (this.#end !== undefined) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => {
      const settle = () => {
        this.#waiting.delete(waiting);
        clearTimeout(timer);
      };
      const waiting: Waiting = {
        accepts: isWanted,
        give: (message) => {
          settle();
          if (isWanted(message)) resolve(message);
        },
        fail: (error) => {
          settle();
          reject(error);
        },
      };
      const timer = setTimeout(() => {
        settle();
        reject(new Error(`no ${type} within ${within} ms`));
      }, patient(within));
      this.#waiting.add(waiting);
    });
  }

  /** Opens a terminal and attaches to it. Rejects with link's sentence when it is refused. */
  async open(size = defaultSize): Promise<LabTerminal> {
    const request = ++this.#request;
    this.send({ type: 'open', request, size });
    const refused = this.next('error', (message) => message.request === request);
    refused.catch(() => undefined);
    const answer = await Promise.race([
      this.next('opened', (message) => message.request === request),
      refused,
    ]);
    if (answer.type === 'error') throw new Error(`${answer.code}: ${answer.sentence}`);
    return this.attach(answer.terminal, { size });
  }

  /** Attaches to a terminal; `offset` is where its output is wanted from. `prepare` is called before. */
  async attach(id: number, options: AttachOptions = {}): Promise<LabTerminal> {
    const { offset = 0, size = defaultSize, prepare } = options;
    const terminal = this.terminals.get(id) ?? new LabTerminal(this, id);
    this.terminals.set(id, terminal);
    prepare?.(terminal);
    const request = ++this.#request;
    this.send({ type: 'attach', request, terminal: id, offset, size });
    await this.next('attached', (message) => message.request === request);
    return terminal;
  }

  /** Says which step is read, and waits for its checks. */
  async readStep(step: StepRef): Promise<MessageOf<'checks'>> {
    this.send({ type: 'step', step });
    return this.next('checks', (message) => message.step.step === step.step);
  }

  /** Waits until this check of the current step is earned. */
  waitForCheck(check: string, within = PATIENCE_MS): Promise<MessageOf<'checks'>> {
    const isEarned = (message: MessageOf<'checks'>) =>
      message.checks.some((state) => state.check === check && state.earned);
    return this.next('checks', isEarned, within);
  }

  async answerQuiz(quiz: string, value: string): Promise<boolean> {
    this.send({ type: 'answer', quiz, value });
    return (await this.next('quiz-result', (message) => message.quiz === quiz)).right;
  }

  /** Resolves when everything sent before has been handled by link. */
  async settle(): Promise<void> {
    const request = ++this.#request;
    this.send({ type: 'ping', request });
    await this.next('pong', (message) => message.request === request);
  }

  async close(): Promise<Closed> {
    for (const terminal of this.terminals.values()) terminal.stopParsing();
    this.#socket.close();
    return this.closed;
  }

  /** Leaves what comes in the socket, as a page does that hangs, until it goes on. */
  stopReading(): void {
    this.#socket.pause();
  }

  goOnReading(): void {
    this.#socket.resume();
  }

  /** Cuts the connection as a dead network does: no close frame. */
  cut(): void {
    this.#socket.terminate();
  }

  #sayHello(): void {
    const { grant, lab } = this.options;
    this.send({ type: 'hello', version: PROTOCOL_VERSION, grant, lab, client: this.client });
  }

  #handleClose({ code, reason }: Closed): void {
    this.#end = new Error(`the connection was closed with ${code} (${reason})`);
    for (const waiting of this.#waiting) waiting.fail(this.#end);
    for (const terminal of this.terminals.values()) terminal.handleClose(this.#end);
  }

  #handleData(data: RawData, isBinary: boolean): void {
    if (!Buffer.isBuffer(data)) throw new Error('ws gives Buffers');
    if (isBinary) {
      const frame = decodeFrame(data);
      if (frame?.kind !== 'output') throw new Error('link sent something that is no output frame');
      this.terminals.get(frame.terminal)?.handleOutput(frame.offset, frame.data);
    } else this.#handleMessage(serverMessageSchema.parse(JSON.parse(data.toString())));
  }

  #handleMessage(message: ServerMessage): void {
    if (message.type === 'welcome') this.#welcome = message;
    if ('terminal' in message && message.terminal !== undefined) {
      this.terminals.get(message.terminal)?.handleMessage(message);
    }
    for (const waiting of this.#waiting) {
      if (!waiting.accepts(message)) continue;
      waiting.give(message);
      return;
    }
    this.#messages.push(message);
    if (this.#messages.length > KEPT_MESSAGES) this.#messages.shift();
  }
}

/** Connects and says hello; resolves at once, so that what comes before welcome can be watched. */
export function dialLab(options: LabClientOptions): LabClient {
  return new LabClient(options);
}

/** Connects, says hello and waits for welcome. Rejects with the close code when there is none. */
export async function connectLab(options: LabClientOptions): Promise<LabClient> {
  const client = dialLab(options);
  await client.next('welcome', () => true, 60_000);
  return client;
}

function isOfType<Type extends ServerMessage['type']>(
  message: ServerMessage,
  type: Type,
): message is MessageOf<Type> {
  return message.type === type;
}
