// One living lab: its terminals, the pages that are connected to it, its clock and its observer. Knows no
// WebSocket and no admission.
import type { Log } from '../foundation/log.ts';
import type { Lifetime, SeenParameters, ServerMessage } from '../protocol/browser-messages.ts';
import { closeReasons, type CloseReason } from '../protocol/close-codes.ts';
import type { HomeState } from '../protocol/home.ts';
import type { LabId, LearnerId, StepRef, TerminalSize } from '../protocol/ids.ts';
import { LabHistory } from './checks/history.ts';
import type { CompiledStep, CourseBook } from './checks/judge.ts';
import type { KeeperClient } from './keeper-client.ts';
import { Keyboard } from './keyboard.ts';
import { LabClock } from './lab-clock.ts';
import { LabSleep } from './lab-sleep.ts';
import { LabTerminals } from './lab-terminals.ts';
import { ECHO_BYTES, LIFETIME_EVERY_MS, SESSIONS_PER_LAB } from './limits.ts';
import type { Member } from './member.ts';
import { Observer } from './observer.ts';
import type { LabRecordings } from './recording/lab-recordings.ts';
import type { RecordingShelf } from './recording/shelf.ts';
import type { StreamShelf } from './stream-shelf.ts';
import type { Terminal } from './terminal.ts';

export type LabConfig = {
  idleMs: number;
  ageMs: number;
  /** 0 for never. */
  freezeAfterMs: number;
  terminalsPerLab: number;
  terminalBytesPerSecond: number;
  keeperBackWithinMs: number;
};

export type Ledger = {
  latched(lab: LabId, step: StepRef, check: string): SeenParameters | undefined;
  earn(earning: {
    lab: LabId;
    learner: LearnerId;
    step: StepRef;
    check: string;
    seen: SeenParameters;
  }): void;
};

export type LabOptions = {
  id: LabId;
  learner: LearnerId;
  /** Milliseconds since the epoch. */
  createdAt: number;
  frozen: boolean;
  home: HomeState | null;
  config: LabConfig;
  keeper: KeeperClient;
  ledger: Ledger;
  shelf: RecordingShelf;
  streams: StreamShelf;
  book: CourseBook;
  log: Log;
  /** The lab's time is over. */
  over(lab: Lab): void;
};

export class Lab {
  readonly id: LabId;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly terminals: LabTerminals;
  readonly observer: Observer;
  readonly recordings: LabRecordings;
  readonly #options: LabOptions;
  readonly #members = new Set<Member>();
  readonly keyboard = new Keyboard(this.#members);
  readonly #clock: LabClock;
  readonly #sleep: LabSleep;
  #home: HomeState | null;
  /** performance.now() of the last `lifetime` message. */
  #lifetimeAt = -Infinity;

  constructor(options: LabOptions) {
    const { id, learner, keeper, ledger, log } = options;
    this.id = id;
    this.createdAt = options.createdAt;
    this.#options = options;
    this.#home = options.home;
    this.#clock = new LabClock({
      createdAt: options.createdAt,
      idleMs: options.config.idleMs,
      ageMs: options.config.ageMs,
      over: () => options.over(this),
    });
    this.#sleep = new LabSleep({
      afterMs: options.config.freezeAfterMs,
      frozen: options.frozen,
      freeze: (frozen) => keeper.freezeLab(id, frozen),
      log,
    });
    this.recordings = options.shelf.open(id, {
      changed: (recording) => {
        this.broadcast({ type: 'recording', recording });
        // What the lab looks like when it begins.
        if (recording.ended === null) this.observer.handleActivity();
      },
      removed: (terminal) => this.broadcast({ type: 'recording-gone', terminal }),
      noted: (terminal, bytes) => this.terminals.find(terminal)?.noteRecorded(bytes),
    });
    this.observer = new Observer({
      look: (wish, known) => keeper.observe(id, wish, known),
      history: new LabHistory(),
      printed: () => this.terminals.printed,
      latches: {
        find: (step, check) => ledger.latched(id, step, check),
        earn: (step, check, seen) => {
          ledger.earn({ lab: id, learner, step, check, seen });
          this.recordings.mark(`${step.chapter}/${step.step}/${check}`);
        },
      },
      readers: this.#members,
      recordings: this.recordings,
      log,
    });
    this.terminals = new LabTerminals({
      lab: id,
      limit: options.config.terminalsPerLab,
      bytesPerSecond: options.config.terminalBytesPerSecond,
      keeperBackWithinMs: options.config.keeperBackWithinMs,
      keeper,
      streams: options.streams,
      log,
      events: {
        output: (terminal, chunk) => {
          if (isMoreThanEcho(chunk)) this.observer.handleActivity();
          this.recordings.handleOutput(terminal.id, chunk);
        },
        written: (terminal, clients) => this.#tellWritten(terminal, clients),
        exited: (terminal) => this.#tellExit(terminal),
        forgotten: (terminal) => {
          for (const member of this.#members) member.handleForgotten(terminal);
        },
        resized: (terminal, by) => {
          this.broadcast({ type: 'resized', terminal: terminal.id, size: terminal.size }, by);
          this.recordings.handleResize(terminal.id, terminal.size);
        },
        adopted: (terminal) => {
          const left = terminal.findLeftRecording();
          if (left !== undefined) this.recordings.goOn(terminal.id, terminal.size, left);
        },
      },
    });
  }

  get lifetime(): Lifetime {
    return this.#clock.lifetime;
  }

  /** keeper is back: it may have missed that somebody came. */
  learnFrozen(frozen: boolean): void {
    this.#sleep.learn(frozen);
    if (this.#members.size > 0) this.#sleep.wake();
  }

  /** What last became of the learner's files. */
  get home(): HomeState | null {
    return this.#home;
  }

  /** keeper has kept the learner's files, or could not. */
  learnHome(home: HomeState | null): void {
    if (home === this.#home) return;
    this.#home = home;
    if (home !== null) this.broadcast({ type: 'home', home });
  }

  /** False when as many pages are connected as may be. */
  join(member: Member): boolean {
    if (this.#members.size >= SESSIONS_PER_LAB) return false;
    // Of the others: a page is told nothing before its welcome, which says how long the lab lives.
    if (member.isLearner) this.touch();
    this.#members.add(member);
    this.#sleep.wake();
    if (member.isLearner) this.observer.handleActivity();
    return true;
  }

  leave(member: Member): void {
    // That somebody was here until now is a sign too.
    const wasHere = this.#members.delete(member);
    if (wasHere) this.keyboard.leave(member);
    if (wasHere && member.isLearner) this.touch();
    if (this.#members.size === 0) this.#sleep.begin();
  }

  /** A sign of the learner: the idle clock starts again. */
  touch(): void {
    this.#clock.touch();
    if (performance.now() - this.#lifetimeAt >= LIFETIME_EVERY_MS) this.tellLifetime();
  }

  tellLifetime(): void {
    this.#lifetimeAt = performance.now();
    this.broadcast({ type: 'lifetime', lifetime: this.lifetime });
  }

  /** Opens a terminal and tells the other pages. Rejects with KeeperFailure. */
  async openTerminal(size: TerminalSize, by: Member): Promise<Terminal> {
    const terminal = await this.terminals.open(size);
    this.broadcast({ type: 'terminal-added', state: terminal.state }, by);
    return terminal;
  }

  findStep(ref: StepRef): CompiledStep | undefined {
    return this.#options.book.findStep(ref);
  }

  broadcast(message: ServerMessage, except?: object): void {
    for (const member of this.#members) if (member !== except) member.send(message);
  }

  /** Lets go of everything; the lab itself is keeper's. */
  close(reason: CloseReason = closeReasons.labGone): void {
    this.#clock.close();
    this.#sleep.close();
    this.observer.close();
    this.recordings.close();
    for (const member of this.#members) member.end(reason);
    this.#members.clear();
    this.terminals.close();
  }

  #tellWritten(terminal: Terminal, clients: ReadonlySet<string>): void {
    for (const member of this.#members) member.handleWritten(terminal, clients);
  }

  #tellExit(terminal: Terminal): void {
    this.observer.handleActivity();
    this.recordings.stop(terminal.id, 'exited');
    for (const member of this.#members) member.handleExit(terminal);
  }
}

const NEWLINE = 0x0a;
const ESCAPE = 0x1b;
const BRACKET = 0x5b;
const QUESTION_MARK = 0x3f;

function isMoreThanEcho(chunk: Uint8Array): boolean {
  if (chunk.length > ECHO_BYTES) return true;
  for (let at = 0; at < chunk.length; at += 1) {
    if (chunk[at] === NEWLINE || setsMode(chunk, at)) return true;
  }
  return false;
}

/** A program sets a mode of the terminal: a shell at its prompt, an editor as it comes and goes. */
function setsMode(chunk: Uint8Array, at: number): boolean {
  return chunk[at] === ESCAPE && chunk[at + 1] === BRACKET && chunk[at + 2] === QUESTION_MARK;
}
