// One terminal's bytes on the page's side: what came, what is parsed, what was typed and is not yet taken.
// Offsets are cumulative, so a reconnect goes on where it was. Knows no socket and no emulator.
import type { ClientMessage, ServerMessage } from '../../server/protocol/browser-messages.ts';
import { ACK_EVERY_BYTES, ACK_WITHIN_MS } from '../../server/protocol/flow-control.ts';
import type { Frame } from '../../server/protocol/frames.ts';
import type { TerminalSize } from '../../server/protocol/ids.ts';
import { createInputQueue } from './input-queue.ts';

/** The emulator, as the stream sees it. */
export type Sink = {
  /** `parsed` is called once the emulator has read `data`. */
  write(data: Uint8Array, parsed: () => void): void;
  reset(): void;
  /** Marks the place after what was written last: bytes may be missing there. */
  markTear(): void;
  /** Draws a screen of that size, then goes on in its own size. Before what is written next. */
  draw(text: string, size: TerminalSize): void;
};

export type Wire = {
  send(message: ClientMessage): void;
  sendFrame(frame: Frame): void;
};

export type KeysFate = 'certain' | 'uncertain' | 'lost';

export type TerminalStream = ReturnType<typeof createTerminalStream>;

export function createTerminalStream(terminal: number, wire: Wire) {
  let sink: Sink | undefined;
  let size: TerminalSize | undefined;
  let online = false;
  /** Its shell, so that nothing more can be typed. */
  let hasEnded = false;
  /** Bytes handed to the emulator, read by it, and reported to link. */
  let received = 0;
  let parsed = 0;
  let acknowledged = 0;
  /** Up to where link has sent since it last said where it begins: only of that it takes acknowledgements. */
  let delivered = 0;
  /** An `attach` is under way, and holds up what is typed: its answer says where both streams go on. Only the answer
   * to the latest does, by its number. */
  let isAsking = false;
  let asked = 0;
  /** Sizes that link may have by what it said last, and what it was sent since. */
  const sizesAtLink = new Set<string>();
  /** What was sent before the `attach` that is under way is given up, however often it is refused. */
  let hasDropped = false;
  /** Output before this is a replay: the emulator's replies to queries in it are not typed again. */
  let replayEnd = 0;
  /** Where link may have left out bytes, until that place is marked. */
  let tear: number | undefined;
  let latestTear: number | undefined;
  /** Rises with each emulator and each gap: callbacks of an earlier one count no more. */
  let generation = 0;
  let idleAck: ReturnType<typeof setTimeout> | undefined;
  /** Told of each piece of output. */
  const listeners = new Set<(data: Uint8Array) => void>();
  const input = createInputQueue((offset, data) =>
    wire.sendFrame({ kind: 'input', terminal, offset, data }),
  );

  function acknowledge(): void {
    clearTimeout(idleAck);
    idleAck = undefined;
    const offset = Math.min(parsed, delivered);
    if (!online || offset <= acknowledged) return;
    acknowledged = offset;
    wire.send({ type: 'ack', terminal, offset });
  }

  function noteParsed(bytes: number, of: number): void {
    if (of !== generation) return;
    parsed += bytes;
    if (Math.min(parsed, delivered) - acknowledged >= ACK_EVERY_BYTES) acknowledge();
    else idleAck ??= setTimeout(acknowledge, ACK_WITHIN_MS);
  }

  function write(data: Uint8Array): void {
    if (sink === undefined || data.byteLength === 0) return;
    const of = generation;
    const place = tear === undefined ? -1 : tear - received;
    if (place >= 0 && place < data.byteLength) {
      tear = undefined;
      write(data.subarray(0, place));
      sink.markTear();
      return write(data.subarray(place));
    }
    received += data.byteLength;
    sink.write(data, () => noteParsed(data.byteLength, of));
    for (const tell of listeners) tell(data);
  }

  function noteTear(torn: number | undefined): void {
    if (torn === undefined || torn === latestTear || torn < received) return;
    tear = torn;
    latestTear = torn;
  }

  function restartAt(offset: number): void {
    generation += 1;
    // Its marks go with a screen.
    tear = latestTear = undefined;
    received = parsed = acknowledged = delivered = offset;
  }

  function ask(): void {
    if (!online || sink === undefined || size === undefined || isAsking) return;
    isAsking = true;
    asked += 1;
    input.pause();
    sizesAtLink.add(nameOf(size));
    wire.send({ type: 'attach', request: asked, terminal, offset: received, size });
  }

  function sendSize(next: TerminalSize): void {
    if (!online) return;
    sizesAtLink.add(nameOf(next));
    wire.send({ type: 'resize', terminal, size: next });
  }

  function noteSizeAtLink(next: TerminalSize): void {
    sizesAtLink.clear();
    sizesAtLink.add(nameOf(next));
  }

  return {
    /** Shows this terminal in an emulator of that size, from the oldest byte that is left. */
    show(next: Sink, at: TerminalSize): void {
      sink = next;
      size = at;
      restartAt(0);
      // An answer to an earlier one was for another emulator.
      isAsking = false;
      ask();
    },
    hide(): void {
      sink = undefined;
      clearTimeout(idleAck);
      idleAck = undefined;
    },
    /** A connection is there (again): asks for what was missed. `ended`: of a shell that is no more. */
    connect(ended = false): void {
      online = true;
      hasEnded = ended;
      ask();
    },
    /** Link knows this terminal no more. True when something typed can never have arrived. */
    lose(): boolean {
      isAsking = hasDropped = false;
      return input.giveUp();
    },
    /** The shell has ended: link says so once it has sent all output. */
    handleExit(): void {
      hasEnded = true;
      // The answer says which keys came too late.
      if (!isAsking) input.giveUp();
    },
    disconnect(): void {
      online = isAsking = hasDropped = false;
      input.pause();
    },
    resize(next: TerminalSize): void {
      if (size?.cols === next.cols && size.rows === next.rows) return;
      size = next;
      sendSize(next);
    },
    /** Another page has set this size. */
    follow(next: TerminalSize): void {
      size = next;
      noteSizeAtLink(next);
    },
    /** Whether link may have this size without another page having set it. */
    isKnownAtLink: (at: TerminalSize): boolean => sizesAtLink.has(nameOf(at)),
    isSized: (at: TerminalSize): boolean => size?.cols === at.cols && size.rows === at.rows,
    /** Says this page's size again, after another page set its own. */
    claimSize(): void {
      if (size !== undefined) sendSize(size);
    },
    /** `uncertain`: what was typed last may arrive twice, or not at all; `lost`: the shell had ended before it came. */
    handleAttached(message: Extract<ServerMessage, { type: 'attached' }>): KeysFate {
      noteSizeAtLink(message.size);
      // It may be on its way.
      if (size !== undefined) sizesAtLink.add(nameOf(size));
      // Link's own, or to an earlier one: the answer is still to come.
      if (isAsking && message.request !== asked) return 'certain';
      isAsking = hasDropped = false;
      if (message.gap) {
        // What lies between is gone: a screen half old and half new would lie.
        sink?.reset();
        restartAt(message.from);
        if (message.screen !== undefined) sink?.draw(message.screen.text, message.screen.size);
      }
      noteTear(message.torn);
      // Link counts what is under way from here again; what the page has already comes, and is passed over.
      acknowledged = delivered = message.from;
      replayEnd = message.end;
      if (hasEnded) return input.giveUp(message.inputOffset) ? 'lost' : 'certain';
      return input.resumeFrom(message.inputOffset, message.uncertainFrom);
    },
    handleOutput(frame: Frame): void {
      if (sink === undefined) return;
      if (frame.offset > received) return ask();
      delivered = frame.offset + frame.data.byteLength;
      if (delivered <= received) return noteParsed(0, generation);
      const fresh = frame.data.subarray(received - frame.offset);
      // Cut where the replay ends, so that replies to live queries are told from replayed ones.
      const replayed = Math.max(0, Math.min(fresh.byteLength, replayEnd - received));
      write(fresh.subarray(0, replayed));
      write(fresh.subarray(replayed));
    },
    /** Another size for a moment: whatever fills the screen draws itself anew (SIGWINCH, signal(7)). */
    redraw(): void {
      if (!online || size === undefined || size.rows < 3) return;
      sendSize({ ...size, rows: size.rows - 1 });
      sendSize(size);
    },
    handleInputAck: input.acknowledge,
    /** Link refused input because its queue is full: what waits is dropped and the offsets agreed anew. */
    dropInput(): void {
      // Each frame that was on its way is refused; what was typed since has not been sent.
      if (hasDropped) return;
      hasDropped = true;
      input.clear();
      ask();
    },
    /** Link misses input in between: its answer says from where to send it again. */
    agreeAgain: ask,
    /** False when too much waits already: nothing of it is typed. */
    type: (data: Uint8Array): boolean => input.push(data),
    isReplaying: (): boolean => parsed < replayEnd,
    hasInputLeft: input.hasLeft,
    /** Offset in the stream up to which output has come. */
    end: (): number => received,
    /** Whether the terminal has shown anything: a shell is there to read what is typed. */
    hasSpoken: (): boolean => received > 0,
    onOutput(listener: (data: Uint8Array) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const nameOf = ({ cols, rows }: TerminalSize): string => `${cols}x${rows}`;
