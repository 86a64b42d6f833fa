// What one page does in its lab once it is welcome: terminals, steps, checks, lifetime, each by its role.
// Knows messages and frames, no WebSocket and no grant.
import type { ClientMessage, ServerMessage } from '../protocol/browser-messages.ts';
import type { CloseReason } from '../protocol/close-codes.ts';
import type { Frame } from '../protocol/frames.ts';
import type { StepRef, TerminalSize } from '../protocol/ids.ts';
import type { CompiledStep } from './checks/judge.ts';
import { KeeperFailure } from './keeper-connection.ts';
import type { Lab } from './lab.ts';
import type { Member } from './member.ts';
import type { StepState } from './observer.ts';
import { answerRecording, type RecordingRequest } from './recording/answer.ts';
import type { Attachment, Terminal } from './terminal.ts';
import { XrayFeed } from './xray-feed.ts';

/** What goes back to the page. */
export type Wire = {
  send(message: ServerMessage): void;
  /** A whole WebSocket message. */
  sendMessage(message: Uint8Array): void;
  bufferedBytes(): number;
  end(reason: CloseReason): void;
};

export type LabSessionOptions = {
  lab: Lab;
  role: 'learner' | 'watcher' | 'helper';
  client: string;
  wire: Wire;
  /** Destroys the lab. */
  reset(home: 'keep' | 'empty'): void;
};

export type LabMessage = Exclude<ClientMessage, { type: 'hello' }>;
type Refusal = Omit<Extract<ServerMessage, { type: 'error' }>, 'type'>;

/** What a page that only watches may ask; everything else is the learner's. */
const watching = new Set<LabMessage['type']>(['attach', 'ack', 'step', 'xray', 'ping']);

/** What a helper may ask besides. */
const helping = new Set<LabMessage['type']>(['ask-keyboard', 'return-keyboard']);

/** What a page sends by itself: no sign that somebody is there. */
const automatic = new Set<LabMessage['type']>(['attach', 'ack', 'resize', 'xray', 'ping']);

export class LabSession implements Member {
  readonly isLearner: boolean;
  readonly xray: XrayFeed;
  step: CompiledStep | undefined;
  readonly #options: LabSessionOptions;
  readonly #attachments = new Map<Terminal, Attachment>();
  /** The last `checks` that were sent, as text. */
  #shown: string | undefined;
  #closed = false;

  constructor(options: LabSessionOptions) {
    this.#options = options;
    this.isLearner = options.role === 'learner';
    this.xray = new XrayFeed({
      send: (message) => this.send(message),
      bufferedBytes: () => options.wire.bufferedBytes(),
      refresh: () => options.lab.observer.refresh(),
    });
  }

  handleMessage(message: LabMessage): void {
    if (!this.#mayAsk(message.type)) {
      this.#refuse({
        code: 'read-only',
        sentence: `a ${this.#options.role} may not ${message.type}`,
      });
      return;
    }
    if (this.isLearner && !automatic.has(message.type)) this.#options.lab.touch();
    switch (message.type) {
      case 'open':
        void this.#open(message.request, message.size);
        break;
      case 'attach':
        this.#withTerminal(message.terminal, (terminal) => {
          this.#attach(terminal, message.offset, message.size);
        });
        break;
      case 'resize':
        this.#withTerminal(message.terminal, (terminal) => this.#resize(terminal, message.size));
        break;
      case 'ack':
        this.#acknowledge(message.terminal, message.offset);
        break;
      case 'close':
        this.#withTerminal(message.terminal, (terminal) => void this.#hangUp(terminal));
        break;
      case 'step':
        this.#readStep(message.step);
        break;
      case 'check-now':
        void this.#tellChecks();
        break;
      case 'answer':
        void this.#answer(message.quiz, message.value);
        break;
      case 'xray':
        this.xray.turn(message.on);
        break;
      case 'keep':
        this.#options.lab.tellLifetime();
        break;
      case 'reset':
        this.#options.reset(message.home ?? 'empty');
        break;
      case 'record':
      case 'read-recording':
        this.#answerRecording(message);
        break;
      case 'ask-keyboard':
      case 'lend-keyboard':
      case 'return-keyboard':
        this.#options.lab.keyboard.handle(message, this);
        break;
      case 'ping':
        this.send({ type: 'pong', request: message.request });
        break;
    }
  }

  /** Bytes typed into a terminal. */
  handleInput(frame: Frame): void {
    if (!this.#mayType) {
      const sentence = `the keyboard is not with this ${this.#options.role}`;
      this.#refuse({ code: 'read-only', sentence, terminal: frame.terminal });
      return;
    }
    const terminal = this.#options.lab.terminals.find(frame.terminal);
    if (terminal === undefined) this.#refuse(noSuchTerminal(frame.terminal));
    else if (!terminal.exit) this.#type(terminal, frame);
    // After the key is on its way.
    if (this.isLearner) this.#options.lab.touch();
  }

  send(message: ServerMessage): void {
    if (!this.#closed) this.#options.wire.send(message);
  }

  showChecks(step: CompiledStep, state: StepState): void {
    const message: ServerMessage = { type: 'checks', step: step.ref, ...state };
    const text = JSON.stringify(message);
    if (text === this.#shown) return;
    this.#shown = text;
    this.send(message);
  }

  handleWritten(terminal: Terminal, clients: ReadonlySet<string>): void {
    if (!clients.has(this.#options.client)) return;
    const offset = terminal.input.count(this.#options.client).written;
    this.send({ type: 'input-ack', terminal: terminal.id, offset });
  }

  handleExit(terminal: Terminal): void {
    const attachment = this.#attachments.get(terminal);
    if (attachment === undefined) this.#tellExit(terminal);
    else this.#tellExitWhenSent(terminal, attachment);
  }

  end(reason: CloseReason): void {
    this.#options.wire.end(reason);
  }

  /** The connection is gone. */
  close(): void {
    this.#closed = true;
    for (const [terminal, attachment] of this.#attachments) terminal.detach(attachment);
    this.#attachments.clear();
    this.#options.lab.leave(this);
  }

  #type(terminal: Terminal, frame: Frame): void {
    const outcome = terminal.input.take(this.#options.client, frame.offset, frame.data);
    if (outcome !== 'full' && outcome !== 'gap') return;
    const { taken } = terminal.input.count(this.#options.client);
    const sentence = `input at ${frame.offset} was not taken: go on at ${taken}`;
    this.#refuse({ code: `input-${outcome}`, sentence, terminal: terminal.id });
  }

  async #open(request: number, size: TerminalSize): Promise<void> {
    try {
      const terminal = await this.#options.lab.openTerminal(size, this);
      this.send({ type: 'opened', request, terminal: terminal.id, size: terminal.size });
    } catch (cause) {
      this.#fail(cause, { request });
    }
  }

  get #mayType(): boolean {
    return this.#options.lab.keyboard.mayType(this);
  }

  #mayAsk(type: LabMessage['type']): boolean {
    if (this.isLearner || watching.has(type)) return true;
    if (type === 'resize') return this.#mayType;
    return this.#options.role === 'helper' && helping.has(type);
  }

  /** Whoever types has the size. */
  #resize(terminal: Terminal, size: TerminalSize): void {
    if (this.#mayType) this.#options.lab.terminals.resize(terminal, size, this);
  }

  #attach(terminal: Terminal, offset: number, size: TerminalSize): void {
    const before = this.#attachments.get(terminal);
    if (before !== undefined) terminal.detach(before);
    this.#resize(terminal, size);
    const isHeld = terminal.holds(offset);
    const from = isHeld ? offset : terminal.state.oldest;
    this.#tellAttached(terminal, from, !isHeld);
    const attachment: Attachment = terminal.attach(
      from,
      {
        sendMessage: (message) => this.#options.wire.sendMessage(message),
        bufferedBytes: () => this.#options.wire.bufferedBytes(),
        skipped: (oldest) => this.#tellAttached(terminal, oldest, true),
        caughtUp: () => this.#tellExitWhenSent(terminal, attachment),
      },
      () => this.isLearner || this.#mayType,
    );
    this.#attachments.set(terminal, attachment);
    attachment.watcher.poke();
    this.#tellExitWhenSent(terminal, attachment);
  }

  #tellAttached(terminal: Terminal, from: number, gap: boolean): void {
    const { tornAt } = terminal;
    const uncertainFrom = terminal.input.uncertainFrom(this.#options.client);
    this.send({
      type: 'attached',
      terminal: terminal.id,
      from,
      end: terminal.state.end,
      gap,
      inputOffset: terminal.input.count(this.#options.client).taken,
      size: terminal.size,
      ...(tornAt !== undefined && from <= tornAt ? { torn: tornAt } : {}),
      ...(uncertainFrom === undefined ? {} : { uncertainFrom }),
    });
  }

  #acknowledge(id: number, offset: number): void {
    const terminal = this.#options.lab.terminals.find(id);
    const attachment = terminal && this.#attachments.get(terminal);
    // A terminal that has just been closed may still be acknowledged.
    if (terminal === undefined || attachment === undefined) return;
    terminal.acknowledge(attachment, offset);
    // The socket has room again for the others too.
    for (const other of this.#attachments.values()) other.watcher.poke();
  }

  async #hangUp(terminal: Terminal): Promise<void> {
    if (terminal.exit) this.#tellExit(terminal);
    try {
      await this.#options.lab.terminals.hangUp(terminal);
    } catch (cause) {
      this.#fail(cause, { terminal: terminal.id });
    }
  }

  #readStep(ref: StepRef): void {
    this.step = this.#options.lab.findStep(ref);
    if (this.step !== undefined) void this.#tellChecks();
    else {
      const place = `${ref.course}/${ref.chapter}/${ref.step} in version ${ref.version}`;
      this.#refuse({ code: 'no-such-step', sentence: `there is no ${place}` });
    }
  }

  async #tellChecks(): Promise<void> {
    const { step } = this;
    if (step === undefined) {
      this.#refuse({ code: 'no-such-step', sentence: 'say first which step is read' });
      return;
    }
    this.#shown = undefined;
    if (this.isLearner) await this.#options.lab.observer.refresh();
    const isTold = this.#shown !== undefined;
    if (!isTold && this.step === step)
      this.showChecks(step, this.#options.lab.observer.stateOf(step));
  }

  async #answer(quiz: string, value: string): Promise<void> {
    const { step } = this;
    const right = step && (await this.#options.lab.observer.answer(step, quiz, value));
    if (step !== undefined && right !== undefined) {
      this.send({ type: 'quiz-result', step: step.ref, quiz, right });
    } else this.#refuse({ code: 'no-such-quiz', sentence: `the step has no quiz ${quiz}` });
  }

  #answerRecording(request: RecordingRequest): void {
    const { terminals, recordings } = this.#options.lab;
    const terminal = terminals.find(request.terminal);
    const size = terminal?.exit === undefined ? terminal?.size : undefined;
    const answer = answerRecording(recordings, request, size);
    if (answer !== undefined) this.send(answer);
  }

  #tellExitWhenSent(terminal: Terminal, attachment: Attachment): void {
    if (attachment.watcher.sent === terminal.state.end) this.#tellExit(terminal);
  }

  #tellExit(terminal: Terminal): void {
    const { exit } = terminal;
    if (exit === undefined) return;
    this.send({ type: 'exit', terminal: terminal.id, ...exit, end: terminal.state.end });
  }

  #withTerminal(id: number, act: (terminal: Terminal) => void): void {
    const terminal = this.#options.lab.terminals.find(id);
    if (terminal !== undefined) act(terminal);
    else this.#refuse(noSuchTerminal(id));
  }

  #fail(cause: unknown, about: { request?: number; terminal?: number }): void {
    const isLimit = cause instanceof KeeperFailure && cause.failure === 'limit';
    const sentence = cause instanceof Error ? cause.message : 'keeper failed';
    this.#refuse({ code: isLimit ? 'too-many-terminals' : 'lab-failed', sentence, ...about });
  }

  #refuse(refusal: Refusal): void {
    this.send({ type: 'error', ...refusal });
  }
}

function noSuchTerminal(terminal: number): Refusal {
  return { code: 'no-such-terminal', sentence: `there is no terminal ${terminal}`, terminal };
}
