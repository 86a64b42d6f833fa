// One terminal of a lab: its PTY master, the ring of its output, what waits to be typed, and who watches.
// Knows no lab, no session and no keeper.
import type { TerminalState } from '../protocol/browser-messages.ts';
import { RING_BYTES } from '../protocol/flow-control.ts';
import type { TerminalSize } from '../protocol/ids.ts';
import type { Allowance, Spender } from './allowance.ts';
import { InputCounts } from './input-counts.ts';
import { Input, type InputOutcome } from './input.ts';
import type { KeysFirst, Part } from './keys-first.ts';
import { LastPrinted } from './last-printed.ts';
import { findLeftRecording, type LeftRecording } from './left-recording.ts';
import { EXIT_STATUS_WITHIN_MS, TAIL_WITHIN_MS } from './limits.ts';
import { Master } from './master.ts';
import { Pace } from './pace.ts';
import { SharedReading } from './reading.ts';
import { Ring } from './ring.ts';
import type { KeptScreen } from './screen/screen-file.ts';
import { StreamScreen, type ScreenPlace } from './screen/stream-screen.ts';
import { StopKey } from './stop-key.ts';
import type { StreamMemory } from './stream-memory.ts';
import { Watcher, type WatcherSink } from './watcher.ts';

/** As in wait(2); null when unknown. */
export type ExitStatus = { code: number | null; signal: number | null };

/** From where a page is sent output; with a gap, what the screen looked like there, where that is known. */
export type Restart = {
  from: number;
  gap: boolean;
  screen?: Pick<KeptScreen, 'size' | 'text' | 'isExact'>;
};

export type Attachment = { readonly setsPace: boolean; readonly watcher: Watcher };

export type TerminalEvents = {
  /** `chunk` is valid during the call. */
  output(chunk: Uint8Array): void;
  /** Input bytes of these clients have been written. */
  written(clients: ReadonlySet<string>): void;
  /** The shell ended and all its output is in the ring. */
  exited(): void;
};

export type TerminalOptions = {
  id: number;
  size: TerminalSize;
  /** The PTY master; the terminal closes it. */
  fd: number;
  /** Offset of the first byte of output. */
  start: number;
  /** Where its stream and the counting of its input outlive link, if there is room. The terminal closes it. */
  memory: StreamMemory | undefined;
  /** It lived before, and nothing is known of what was typed into it. */
  hasForgotten: boolean;
  /** What the terminals of its lab may print; undefined for no limit. */
  allowance: Allowance | undefined;
  /** Whose keys its floods wait for, and that wait for its keys. */
  keysFirst: KeysFirst;
  screen: ScreenPlace;
  events: TerminalEvents;
};

export class Terminal {
  readonly id: number;
  readonly input: Input;
  readonly stopKey = new StopKey();
  #size: TerminalSize;
  /** Where a link that was killed may have left out the chunk that it was moving. */
  readonly tornAt: number | undefined;
  readonly #memory: StreamMemory | undefined;
  readonly #ring: Ring;
  readonly #printed: LastPrinted;
  readonly #master: Master;
  readonly #attachments = new Set<Attachment>();
  readonly #pace: Pace;
  readonly #spender: Spender | undefined;
  readonly #part: Part;
  /** Missing where the stream itself does not outlive link. */
  readonly #screen: StreamScreen | undefined;
  readonly #events: TerminalEvents;
  #status: ExitStatus | undefined;
  #outputEnded = false;
  #exited = false;
  #isClosed = false;
  #patience: NodeJS.Timeout | undefined;

  constructor(options: TerminalOptions) {
    this.id = options.id;
    this.#size = options.size;
    this.#events = options.events;
    this.#memory = options.memory;
    this.#ring = new Ring(options.start, RING_BYTES, options.memory);
    this.#printed = new LastPrinted(this.#ring);
    this.tornAt = options.memory?.wasTorn === true ? this.#ring.end : undefined;
    this.#master = new Master(options.fd, {
      output: (chunk) => this.#handleOutput(chunk),
      ended: () => this.#handleEnd(),
    });
    const reading = new SharedReading(this.#master);
    this.#spender = options.allowance?.join(reading.share());
    this.#part = options.keysFirst.join(reading);
    this.#screen = this.#openScreen(options);
    this.#pace = new Pace(
      reading.share(),
      this.#attachments,
      () => this.#screen?.needsTime ?? false,
    );
    this.input = new Input({
      write: (bytes) => this.#master.write(bytes),
      interrupt: () => this.#master.interrupt(),
      held: () => this.#master.heldInput(),
      written: (clients) => this.#events.written(clients),
      counts: new InputCounts(options.memory, options.hasForgotten),
    });
  }

  get state(): TerminalState {
    const { oldest, end } = this.#ring;
    return { terminal: this.id, size: this.size, oldest, end, exited: this.#exited };
  }

  /** Offset after the last byte that it printed. */
  get end(): number {
    return this.#ring.end;
  }

  /** Whether all who are attached were sent all that it printed. */
  get isSent(): boolean {
    return [...this.#attachments].every(({ watcher }) => watcher.sent === this.end);
  }

  /** What it printed since a line was last typed into it, as text. */
  get printed(): string {
    return this.#isClosed ? '' : this.#printed.text;
  }

  /** Takes what a page typed, as Input does. */
  type(client: string, frame: { offset: number; data: Uint8Array }): InputOutcome {
    const outcome = this.input.take(client, frame.offset, frame.data);
    if (outcome !== 'taken') return outcome;
    this.#part.typed();
    this.#printed.noteTyped(frame.data);
    this.stopKey.noteTyped(frame.data);
    return outcome;
  }

  /** Undefined while the shell runs. */
  get exit(): ExitStatus | undefined {
    return this.#exited ? (this.#status ?? { code: null, signal: null }) : undefined;
  }

  get size(): TerminalSize {
    return this.#size;
  }

  /** What it prints from now on is meant for this size. */
  resize(size: TerminalSize): void {
    this.#size = size;
    this.#screen?.noteSize(size);
    this.#master.resize(size);
  }

  /** Where the stream can go on for a page that has its bytes up to `offset`. */
  restart(offset: number): Restart {
    if (this.#ring.holds(offset)) return { from: offset, gap: false };
    const screen = this.#screen?.find();
    if (screen === undefined) return { from: this.#ring.oldest, gap: true };
    const { offset: from, size, text, isExact } = screen;
    return { from, gap: true, screen: { size, text, isExact } };
  }

  /**
   * Begins to send output from `from` on, which must be held. Nothing goes out before the first poke. Whether it
   * sets the pace is asked again each time: the keyboard goes round.
   */
  attach(from: number, sink: WatcherSink, setsPace: () => boolean): Attachment {
    const watcher = new Watcher({ terminal: this.id, ring: this.#ring, from, sink });
    const attachment: Attachment = {
      get setsPace() {
        return setsPace();
      },
      watcher,
    };
    this.#attachments.add(attachment);
    this.#pace.review();
    return attachment;
  }

  detach(attachment: Attachment): void {
    attachment.watcher.close();
    this.#attachments.delete(attachment);
    this.#pace.review();
  }

  acknowledge(attachment: Attachment, offset: number): void {
    attachment.watcher.acknowledge(offset);
    this.#pace.review();
  }

  /** What is recorded of it has come to the end of its output, in so many bytes of the file; undefined: none goes on. */
  noteRecorded(bytes: number | undefined): void {
    if (this.#isClosed) return;
    this.#memory?.noteRecorded(bytes === undefined ? undefined : { offset: this.#ring.end, bytes });
  }

  /** To be asked before it is read: what a link before this one recorded of it, if that went on. */
  findLeftRecording(): LeftRecording | undefined {
    return this.#memory && findLeftRecording(this.#memory, this.#ring);
  }

  /** keeper says that the shell ended. How is what it says first: a keeper after that one does not know it. */
  handleShellExit(status: ExitStatus): void {
    this.#status ??= status;
    if (this.#exited) return;
    // What is left in the kernel is less than the ring.
    this.#readToTheEnd();
    if (this.#outputEnded) this.#finish();
    // Something that the shell left behind keeps the terminal open: its output is not the shell's tail.
    else this.#wait(TAIL_WITHIN_MS);
  }

  close(): void {
    clearTimeout(this.#patience);
    this.#exited = true;
    this.#readToTheEnd();
    this.input.close();
    this.#master.close();
    for (const attachment of this.#attachments) attachment.watcher.close();
    this.#attachments.clear();
    // Last: nobody may touch the ring from now on.
    this.#isClosed = true;
    this.#memory?.close();
    this.#screen?.close();
  }

  #openScreen({ memory, screen, size }: TerminalOptions): StreamScreen | undefined {
    if (memory === undefined) return undefined;
    return new StreamScreen({
      place: screen,
      ring: this.#ring,
      size,
      tornAt: this.tornAt,
      changed: () => this.#pace.review(),
    });
  }

  #handleOutput(chunk: Uint8Array): void {
    if (this.#isClosed) return;
    this.#ring.append(chunk);
    this.stopKey.notePrinted();
    this.#screen?.follow(chunk);
    for (const { watcher } of this.#attachments) watcher.poke();
    this.#part.printed(chunk.length);
    this.#pace.review();
    this.#spender?.spend(chunk.length);
    this.#events.output(chunk);
  }

  #handleEnd(): void {
    if (this.#outputEnded) return;
    this.#outputEnded = true;
    if (this.#status !== undefined) this.#finish();
    else this.#wait(EXIT_STATUS_WITHIN_MS);
  }

  #readToTheEnd(): void {
    this.#pace.release();
    this.#spender?.release();
    this.#part.release();
  }

  #wait(milliseconds: number): void {
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => this.#finish(), milliseconds);
  }

  #finish(): void {
    if (this.#exited) return;
    this.#exited = true;
    clearTimeout(this.#patience);
    this.#readToTheEnd();
    this.input.close();
    this.#outputEnded = true;
    this.#master.close();
    this.#events.exited();
  }
}
