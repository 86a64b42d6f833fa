// One page's view of one terminal: what was sent, what was acknowledged, and what may go out now. Leading
// edge: the first chunk goes in the turn it arrives in, what follows in that turn is joined into one frame, and
// only a flood waits for fuller ones. Knows no socket and no role.
import {
  JOIN_BYTES,
  JOIN_WITHIN_MS,
  OUTPUT_HIGH_MARK_BYTES,
  OUTPUT_LOW_MARK_BYTES,
  SOCKET_HIGH_MARK_BYTES,
  TURN_BYTES,
} from '../protocol/flow-control.ts';
import { FRAME_HEAD_BYTES, writeFrameHead } from '../protocol/frames.ts';
import { allocateBinaryMessage } from './binary-message.ts';
import type { Ring } from './ring.ts';

/** What a watcher needs of its page's connection. */
export type WatcherSink = {
  /** A whole WebSocket message, with one frame in it. */
  sendMessage(message: Uint8Array): void;
  /** Bytes handed to the socket that the kernel has not taken. */
  bufferedBytes(): number;
  /** The ring has gone past this watcher, which has the bytes up to `sent`: tells from where it goes on. */
  skipped(sent: number): number;
  /** So much is under way that the page must acknowledge some of it first. */
  spent(): void;
  /** Everything up to the end of the stream has been sent. */
  caughtUp(): void;
};

export type WatcherOptions = { terminal: number; ring: Ring; from: number; sink: WatcherSink };

export class Watcher {
  readonly #terminal: number;
  readonly #ring: Ring;
  readonly #sink: WatcherSink;
  #sent: number;
  #acknowledged: number;
  #turn: NodeJS.Immediate | undefined;
  /** performance.now() when the last frame was sent, and the bytes sent since the output last paused. */
  #sentAt = -Infinity;
  #flooded = 0;
  #joining: NodeJS.Timeout | undefined;
  #outOfCredit = false;
  #closed = false;
  /** performance.now() at the last sign of life, and when it came to be the high mark behind. */
  #heardAt = -Infinity;
  #behindAt: number | undefined;

  constructor(options: WatcherOptions) {
    this.#terminal = options.terminal;
    this.#ring = options.ring;
    this.#sink = options.sink;
    this.#sent = options.from;
    this.#acknowledged = options.from;
  }

  get sent(): number {
    return this.#sent;
  }

  /** Output bytes that this page has not parsed yet, sent or not. */
  get behind(): number {
    return this.#ring.end - this.#acknowledged;
  }

  /** Whether nothing more is sent before the page has acknowledged some. */
  get isSpent(): boolean {
    return this.#outOfCredit;
  }

  /** Milliseconds for which the page, the high mark behind, has given no sign of life; 0 while it is not. */
  silence(): number {
    if (this.#behindAt === undefined) return 0;
    return performance.now() - Math.max(this.#heardAt, this.#behindAt);
  }

  /** The page has parsed something after which what it was sent here may still be on its way. */
  noteAlive(): void {
    this.#heardAt = performance.now();
  }

  /** All output before `offset` has been parsed. Repeated and late acknowledgements change nothing. */
  acknowledge(offset: number): void {
    this.noteAlive();
    this.#acknowledged = Math.max(this.#acknowledged, Math.min(offset, this.#sent));
    if (this.#outOfCredit && this.#sent - this.#acknowledged <= OUTPUT_LOW_MARK_BYTES) {
      this.#outOfCredit = false;
      // A page that has waited for credit waits for nothing more.
      this.#flooded = 0;
      this.#sentAt = -Infinity;
    }
    this.poke();
  }

  /** There may be something to send: new output, new credit, or room in the socket. */
  poke(): void {
    if (this.behind < OUTPUT_HIGH_MARK_BYTES) this.#behindAt = undefined;
    else this.#behindAt ??= performance.now();
    if (this.#turn !== undefined || this.#closed || this.#waitsForMore()) return;
    // What may have come in the turn of the frame before is joined with the rest of this one.
    if (performance.now() - this.#sentAt <= JOIN_WITHIN_MS) this.#goOnInTurn();
    else this.#send();
  }

  #send(): void {
    if (this.#sendSome() && this.#sent < this.#ring.end) this.#goOnInTurn();
  }

  #goOnInTurn(): void {
    this.#turn = setImmediate(() => {
      this.#turn = undefined;
      if (!this.#waitsForMore()) this.#send();
    });
  }

  close(): void {
    this.#closed = true;
    clearImmediate(this.#turn);
    clearTimeout(this.#joining);
  }

  /** In a flood, true while a frame is worth waiting for; there is a next poke then. */
  #waitsForMore(): boolean {
    const waiting = this.#ring.end - this.#sent;
    if (waiting === 0 || waiting >= JOIN_BYTES || this.#flooded < JOIN_BYTES) return false;
    if (performance.now() - this.#sentAt > JOIN_WITHIN_MS) return false;
    this.#joining ??= setTimeout(() => {
      this.#joining = undefined;
      this.poke();
    }, JOIN_WITHIN_MS + 1);
    return true;
  }

  /** Sends at most one frame; false when there was nothing to send or no leave to send it. */
  #sendSome(): boolean {
    if (this.#outOfCredit || this.#sink.bufferedBytes() > SOCKET_HIGH_MARK_BYTES) return false;
    if (this.#sent < this.#ring.oldest) {
      this.#sent = this.#sink.skipped(this.#sent);
      this.#acknowledged = this.#sent;
    }
    const credit = OUTPUT_HIGH_MARK_BYTES - (this.#sent - this.#acknowledged);
    const length = Math.min(this.#ring.end - this.#sent, credit, TURN_BYTES);
    if (length <= 0) return false;
    const message = allocateBinaryMessage(FRAME_HEAD_BYTES + length);
    const head = { kind: 'output', terminal: this.#terminal, offset: this.#sent } as const;
    writeFrameHead(message, message.length - length - FRAME_HEAD_BYTES, head);
    this.#ring.copy(this.#sent, length, message);
    this.#noteSent(length);
    this.#outOfCredit = this.#sent - this.#acknowledged >= OUTPUT_HIGH_MARK_BYTES;
    this.#sink.sendMessage(message);
    if (this.#outOfCredit) this.#sink.spent();
    if (this.#sent === this.#ring.end) this.#sink.caughtUp();
    return true;
  }

  #noteSent(length: number): void {
    const now = performance.now();
    this.#flooded = now - this.#sentAt > JOIN_WITHIN_MS ? length : this.#flooded + length;
    this.#sentAt = now;
    this.#sent += length;
  }
}
