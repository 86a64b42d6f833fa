// One terminal as a client sees it: parses output at a chosen rate, acknowledges what is parsed, counts what
// is typed and sends it again after a reconnect. Knows no screen.
import type { ServerMessage } from '../../server/protocol/browser-messages.ts';
import {
  ACK_EVERY_BYTES,
  ACK_WITHIN_MS,
  INPUT_FRAME_BYTES,
} from '../../server/protocol/flow-control.ts';
import { encodeFrame } from '../../server/protocol/frames.ts';
import type { TerminalSize } from '../../server/protocol/ids.ts';
import type { LabPeer, MessageOf } from './lab-peer.ts';
import { patient } from './patience.ts';
import { PlainText } from './plain-text.ts';

const PATIENCE_MS = 15_000;
/** Milliseconds between two looks of a pattern at a text so long that looking takes time itself. */
const LOOK_EVERY_MS = 10;
const LONG_TEXT = 16 * 1024;
/** Milliseconds between two helpings of a parser that has a rate. */
const HELPING_MS = 2;

type Chunk = { offset: number; data: Uint8Array };

export class LabTerminal {
  readonly id: number;
  readonly #client: LabPeer;
  readonly #text = new PlainText();
  /** Called for each piece of output as it is parsed. */
  onOutput: ((offset: number, data: Uint8Array) => void) | undefined;
  /** Called for each `attached`, before the output that follows it. */
  onAttached: ((message: MessageOf<'attached'>) => void) | undefined;
  /** Set by `attached`: bytes before were gone. */
  gaps = 0;
  /** Set by `attached`: where a killed link may have left out what it was moving. */
  torn: number | undefined;
  /** Set by `attached`: from here to where link counts on from, a killed link may have typed or not. */
  uncertainFrom: number | undefined;
  /** Output bytes parsed, as an offset of the stream: the cursor of a resume. */
  offset = 0;
  /** Received, not parsed. */
  backlogBytes = 0;
  #acknowledged = 0;
  #idleAck: NodeJS.Timeout | undefined;
  #queue: Chunk[] = [];
  #helping: NodeJS.Timeout | undefined;
  #helpedAt = 0;
  #isStalled = false;
  /** Offset of the next byte that is typed, and what was typed and is not acknowledged. */
  #typed = 0;
  #unacknowledged = Buffer.alloc(0);
  readonly #waiting = new Set<{ look(): void; fail(error: Error): void }>();

  constructor(client: LabPeer, id: number) {
    this.#client = client;
    this.id = id;
  }

  /** Bytes typed so far, as an offset of this client's input: after a reconnect, where link wants it from. */
  get typed(): number {
    return this.#typed;
  }

  /** Sends text as if typed. Returns the place in the text from which its output can be looked for. */
  type(text: string): number {
    const place = this.#text.length;
    this.typeBytes(Buffer.from(text, 'utf8'));
    return place;
  }

  typeBytes(bytes: Uint8Array): void {
    this.#unacknowledged = Buffer.concat([this.#unacknowledged, bytes]);
    this.#sendInput(this.#typed, bytes);
    this.#typed += bytes.length;
  }

  /** Resolves when everything typed has been written to the terminal. */
  async written(within = PATIENCE_MS): Promise<void> {
    await this.#until(() => this.#unacknowledged.length === 0, within, 'typed bytes written');
  }

  /** Text so far without control sequences, from a place on. */
  text(since = 0): string {
    return this.#text.from(since);
  }

  /** The end of the text so far. */
  place(): number {
    return this.#text.length;
  }

  /** Waits until the text from `since` on matches. */
  async waitForOutput(
    pattern: RegExp,
    { since = 0, within = PATIENCE_MS }: { since?: number; within?: number } = {},
  ): Promise<RegExpExecArray> {
    let match: RegExpExecArray | null = null;
    let lookedAt = -Infinity;
    const isThere = () => {
      const isLong = this.place() - since > LONG_TEXT;
      if (isLong && performance.now() - lookedAt < LOOK_EVERY_MS) return false;
      lookedAt = performance.now();
      return (match = pattern.exec(this.text(since))) !== null;
    };
    const looks = setInterval(() => this.#announce(), LOOK_EVERY_MS);
    try {
      await this.#until(isThere, within, `output like ${String(pattern)}`);
    } finally {
      clearInterval(looks);
    }
    if (match === null) throw new Error('unreachable');
    return match;
  }

  async waitForOffset(offset: number, within = PATIENCE_MS): Promise<void> {
    await this.#until(() => this.offset >= offset, within, `offset ${offset}`);
  }

  async exited(within = PATIENCE_MS): Promise<MessageOf<'exit'>> {
    return this.#client.next('exit', (message) => message.terminal === this.id, within);
  }

  resize(size: TerminalSize): void {
    this.#client.send({ type: 'resize', terminal: this.id, size });
  }

  hangUp(): void {
    this.#client.send({ type: 'close', terminal: this.id });
  }

  /** From now on nothing is parsed or acknowledged, as in a page that is frozen. */
  stopParsing(): void {
    this.#isStalled = true;
    clearTimeout(this.#helping);
    this.#helping = undefined;
    clearTimeout(this.#idleAck);
    this.#idleAck = undefined;
  }

  goOnParsing(): void {
    this.#isStalled = false;
    this.#parse();
  }

  handleOutput(offset: number, data: Uint8Array): void {
    this.#queue.push({ offset, data });
    this.backlogBytes += data.length;
    this.#parse();
  }

  handleMessage(message: ServerMessage): void {
    if (message.type === 'attached') {
      if (message.gap) this.gaps += 1;
      this.onAttached?.(message);
      this.torn = message.torn;
      this.uncertainFrom = message.uncertainFrom;
      this.#queue = [];
      this.backlogBytes = 0;
      this.offset = message.from;
      this.#acknowledged = message.from;
      this.#resumeInput(message.inputOffset, message.uncertainFrom === message.inputOffset);
    } else if (message.type === 'input-ack') this.#forgetInput(message.offset);
    this.#announce();
  }

  handleClose(error: Error): void {
    this.stopParsing();
    for (const waiting of this.#waiting) waiting.fail(error);
  }

  #parse(): void {
    const rate = this.#client.options.parseBytesPerSecond;
    if (this.#isStalled || this.#helping !== undefined) return;
    if (rate === undefined) {
      for (let chunk = this.#queue.shift(); chunk; chunk = this.#queue.shift()) this.#take(chunk);
      return;
    }
    if (this.#queue.length === 0) return;
    this.#helpedAt = performance.now();
    this.#helping = setTimeout(() => this.#help(rate), HELPING_MS);
  }

  #help(rate: number): void {
    this.#helping = undefined;
    let budget = Math.floor(((performance.now() - this.#helpedAt) / 1000) * rate);
    for (let chunk = this.#queue[0]; chunk && budget > 0; chunk = this.#queue[0]) {
      const helping = chunk.data.subarray(0, budget);
      budget -= helping.length;
      if (helping.length === chunk.data.length) this.#queue.shift();
      const { offset } = chunk;
      chunk.offset += helping.length;
      chunk.data = chunk.data.subarray(helping.length);
      this.#take({ offset, data: helping });
    }
    this.#parse();
  }

  #take({ offset, data }: Chunk): void {
    if (offset !== this.offset) throw new Error(`output at ${offset}, expected ${this.offset}`);
    this.offset += data.length;
    this.backlogBytes -= data.length;
    if (this.#client.options.keepText !== false) this.#text.add(data);
    this.onOutput?.(offset, data);
    if (this.offset - this.#acknowledged >= ACK_EVERY_BYTES) this.#acknowledge();
    else this.#idleAck ??= setTimeout(() => this.#acknowledge(), ACK_WITHIN_MS).unref();
    this.#announce();
  }

  #acknowledge(): void {
    clearTimeout(this.#idleAck);
    this.#idleAck = undefined;
    if (this.offset <= this.#acknowledged) return;
    this.#acknowledged = this.offset;
    this.#client.send({ type: 'ack', terminal: this.id, offset: this.offset });
  }

  #sendInput(offset: number, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += INPUT_FRAME_BYTES) {
      const data = bytes.subarray(at, at + INPUT_FRAME_BYTES);
      this.#client.sendRaw(
        encodeFrame({ kind: 'input', terminal: this.id, offset: offset + at, data }),
      );
    }
  }

  /** link has taken `offset` bytes of this client's typing; what it has not, goes again. */
  #resumeInput(offset: number, isForgotten: boolean): void {
    const start = this.#typed - this.#unacknowledged.length;
    if (offset < start || isForgotten) {
      // link was started again and has forgotten: what is not acknowledged may have been lost or not.
      this.#unacknowledged = Buffer.alloc(0);
      this.#typed = offset;
      return;
    }
    if (this.#typed < offset) this.#typed = offset;
    this.#sendInput(offset, this.#unacknowledged.subarray(offset - start));
  }

  #forgetInput(offset: number): void {
    const start = this.#typed - this.#unacknowledged.length;
    this.#unacknowledged = this.#unacknowledged.subarray(Math.max(0, offset - start));
  }

  #announce(): void {
    for (const waiting of this.#waiting) waiting.look();
  }

  #until(isTrue: () => boolean, within: number, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        this.#waiting.delete(waiting);
        clearTimeout(timer);
      };
      const waiting = {
        look: () => {
          if (!isTrue()) return;
          settle();
          resolve();
        },
        fail: (error: Error) => {
          settle();
          reject(error);
        },
      };
      const timer = setTimeout(() => {
        const text = this.text().slice(-400);
        waiting.fail(new Error(`no ${what} within ${within} ms; last text: ${text}`));
      }, patient(within));
      this.#waiting.add(waiting);
      waiting.look();
    });
  }
}
