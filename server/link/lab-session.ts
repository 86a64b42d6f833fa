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
import { findStopKey } from './stop-key.ts';
import type { Terminal } from './terminal.ts';
import { TerminalViews } from './terminal-views.ts';
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

/** Bytes after which something is done: a line is sent, or its end, or a signal (termios(3)). */
const doing = new Set([0x0a, 0x0d, 0x03, 0x04, 0x1a, 0x1c]);

export class LabSession implements Member {
  readonly isLearner: boolean;
  readonly xray: XrayFeed;
  step: CompiledStep | undefined;
  readonly #options: LabSessionOptions;
  readonly #views: TerminalViews;
  /** The last `checks` that were sent, as text. */
  #shown: string | undefined;
  #closed = false;

  constructor(options: LabSessionOptions) {
    this.#options = options;
    this.isLearner = options.role === 'learner';
    this.#views = new TerminalViews({
      client: options.client,
      send: (message) => this.send(message),
      sendMessage: (message) => options.wire.sendMessage(message),
      bufferedBytes: () => options.wire.bufferedBytes(),
      setsPace: () => this.isLearner || this.#mayType(),
    });
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
          this.#resize(terminal, message.size);
          this.#views.open(terminal, message);
        });
        break;
      case 'resize':
        this.#withTerminal(message.terminal, (terminal) => this.#resize(terminal, message.size));
        break;
      case 'ack':
        this.#views.acknowledge(this.#options.lab.terminals.find(message.terminal), message.offset);
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
        this.xray.turn(message.on, message.networks);
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
    if (!this.#mayType()) {
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
    this.#views.tellExit(terminal);
  }

  handleForgotten(terminal: Terminal): void {
    this.#views.forget(terminal);
  }

  end(reason: CloseReason): void {
    this.#options.wire.end(reason);
  }

  /** The connection is gone. */
  close(): void {
    this.#closed = true;
    this.#views.close();
    this.#options.lab.leave(this);
  }

  #type(terminal: Terminal, frame: Frame): void {
    const outcome = terminal.type(this.#options.client, frame);
    if (outcome === 'taken') this.#noteKeys(terminal, frame.data);
    if (outcome !== 'full' && outcome !== 'gap') return;
    const { taken } = terminal.input.count(this.#options.client);
    const sentence = `input at ${frame.offset} was not taken: go on at ${taken}`;
    this.#refuse({ code: `input-${outcome}`, sentence, terminal: terminal.id });
  }

  #noteKeys(terminal: Terminal, typed: Uint8Array): void {
    const { lab } = this.#options;
    if (doesSomething(typed)) lab.observer.handleActivity();
    const stop = findStopKey(typed);
    if (stop === undefined) return;
    lab.broadcast({ type: 'flow', terminal: terminal.id, stop, end: terminal.end }, this);
  }

  async #open(request: number, size: TerminalSize): Promise<void> {
    try {
      const terminal = await this.#options.lab.openTerminal(size, this);
      this.send({ type: 'opened', request, terminal: terminal.id, size: terminal.size });
    } catch (cause) {
      this.#fail(cause, { request });
    }
  }

  #mayType(): boolean {
    return this.#options.lab.keyboard.mayType(this);
  }

  #mayAsk(type: LabMessage['type']): boolean {
    if (this.isLearner || watching.has(type)) return true;
    if (type === 'resize') return this.#mayType();
    return this.#options.role === 'helper' && helping.has(type);
  }

  /** Whoever types has the size. */
  #resize(terminal: Terminal, size: TerminalSize): void {
    if (this.#mayType()) this.#options.lab.terminals.resize(terminal, size, this);
  }

  async #hangUp(terminal: Terminal): Promise<void> {
    this.#views.tellExitNow(terminal);
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

function doesSomething(typed: Uint8Array): boolean {
  for (const byte of typed) if (doing.has(byte)) return true;
  return false;
}

function noSuchTerminal(terminal: number): Refusal {
  return { code: 'no-such-terminal', sentence: `there is no terminal ${terminal}`, terminal };
}
