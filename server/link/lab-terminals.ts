// The terminals of one lab: opened and adopted through keeper, resized, closed, and kept a while after their
// end so that a reload still shows their last output. Knows no session.
import { messageOf } from '../foundation/errors.ts';
import type { Log } from '../foundation/log.ts';
import type { TerminalState } from '../protocol/browser-messages.ts';
import type { LabId, TerminalSize } from '../protocol/ids.ts';
import { Allowance } from './allowance.ts';
import type { KeeperClient } from './keeper-client.ts';
import { KeeperFailure } from './keeper-connection.ts';
import { KeysFirst } from './keys-first.ts';
import { ENDED_TERMINALS, ENDED_UNREAD } from './limits.ts';
import { adoptSize } from './master.ts';
import type { StreamShelf } from './stream-shelf.ts';
import { Terminal, type ExitStatus, type TerminalOptions } from './terminal.ts';

export type TerminalsEvents = {
  output(terminal: Terminal, chunk: Uint8Array): void;
  written(terminal: Terminal, clients: ReadonlySet<string>): void;
  exited(terminal: Terminal): void;
  /** It has ended, and can be attached to no longer from now on. */
  forgotten(terminal: Terminal): void;
  resized(terminal: Terminal, by: object | undefined): void;
  /** It lived before this link did, and nothing of it was read yet. */
  adopted(terminal: Terminal): void;
};

export type LabTerminalsOptions = {
  lab: LabId;
  /** Terminals with a living shell at once. */
  limit: number;
  /** What they may print together; 0 for no limit. */
  bytesPerSecond: number;
  /** Milliseconds for which whoever opens or closes one waits for a keeper that is away. */
  keeperBackWithinMs: number;
  keeper: KeeperClient;
  streams: StreamShelf;
  log: Log;
  events: TerminalsEvents;
};

type Stream = Pick<TerminalOptions, 'start' | 'memory' | 'hasForgotten'>;

/** Numbers skipped after a restart of link, which has forgotten those of terminals that ended. */
const SKIPPED_NUMBERS = 64;

export class LabTerminals {
  readonly #options: LabTerminalsOptions;
  readonly #terminals = new Map<number, Terminal>();
  /** Those of them that have ended, the first to end first. */
  #ended: Terminal[] = [];
  readonly #allowance: Allowance | undefined;
  readonly #keysFirst = new KeysFirst();
  /** Ends that keeper told before the terminal's descriptor was here. */
  readonly #earlyExits = new Map<number, ExitStatus>();
  /** Asked for, and keeper went away before it answered: it may have opened them. */
  readonly #lost = new Set<number>();
  #next = 1;
  #opening = 0;
  #closed = false;

  constructor(options: LabTerminalsOptions) {
    this.#options = options;
    const { bytesPerSecond } = options;
    this.#allowance = bytesPerSecond === 0 ? undefined : new Allowance(bytesPerSecond);
  }

  find(id: number): Terminal | undefined {
    return this.#terminals.get(id);
  }

  states(): TerminalState[] {
    return [...this.#terminals.values()].map((terminal) => terminal.state);
  }

  /** What those with a living shell printed since a line was last typed into each. */
  get printed(): string {
    const living = [...this.#terminals.values()].filter((terminal) => !terminal.exit);
    return living.map((terminal) => terminal.printed).join('\n');
  }

  /** Opens a terminal. Rejects with KeeperFailure: `limit` when there are as many as there may be. */
  async open(size: TerminalSize): Promise<Terminal> {
    const living = [...this.#terminals.values()].filter((terminal) => !terminal.exit).length;
    if (living + this.#opening >= this.#options.limit) {
      throw new KeeperFailure('limit', `a lab may have ${this.#options.limit} terminals at once`);
    }
    this.#opening += 1;
    try {
      const opened = await this.#askOpen(size);
      return this.#add({ ...opened, size, ...this.#newMemory(opened.id, 0) });
    } finally {
      this.#opening -= 1;
    }
  }

  /** Takes over a terminal that lived before this link did. Rejects with KeeperFailure. */
  async adopt(id: number): Promise<void> {
    this.#next = Math.max(this.#next, id + SKIPPED_NUMBERS);
    if (this.#terminals.has(id)) return;
    const fd = await this.#options.keeper.sendTerminal({ lab: this.#options.lab, terminal: id });
    const size = adoptSize(fd);
    this.#options.events.adopted(this.#add({ id, size, fd, ...this.#recallMemory(id) }));
  }

  /** `by` is not told of it. */
  resize(terminal: Terminal, size: TerminalSize, by?: object): void {
    if (terminal.exit) return;
    if (terminal.size.cols === size.cols && terminal.size.rows === size.rows) return;
    terminal.resize(size);
    this.#options.events.resized(terminal, by);
  }

  /** Hangs up a living terminal; one that has ended is forgotten. Rejects with KeeperFailure. */
  async hangUp(terminal: Terminal): Promise<void> {
    if (terminal.exit) {
      this.#forget(terminal);
      return;
    }
    await this.#ask(() => this.#askClose(terminal.id));
  }

  /** keeper is back, with these terminals. Of a shell that has ended meanwhile nobody else tells, and what it left
   * running may hold the terminal open. */
  reconcile(living: readonly number[]): void {
    for (const terminal of this.#terminals.values()) {
      if (!living.includes(terminal.id)) terminal.handleShellExit({ code: null, signal: null });
    }
    for (const id of living.filter((each) => this.#lost.delete(each))) {
      this.#ask(() => this.#askClose(id)).catch((cause: unknown) => {
        const { lab, log } = this.#options;
        log.warn({ lab, terminal: id, reason: messageOf(cause) }, 'a terminal was not hung up');
      });
    }
  }

  /** keeper says that a shell ended. */
  handleShellExit(id: number, status: ExitStatus): void {
    const terminal = this.#terminals.get(id);
    if (terminal !== undefined) terminal.handleShellExit(status);
    else if (this.#opening > 0) this.#earlyExits.set(id, status);
  }

  /** What they printed stays where it is kept, for the next link. */
  close(): void {
    this.#closed = true;
    for (const terminal of this.#terminals.values()) terminal.close();
    this.#terminals.clear();
  }

  /** That its shell has ended already is no failure: it is told, or will be. */
  async #askClose(terminal: number): Promise<void> {
    const { keeper, lab } = this.#options;
    try {
      await keeper.closeTerminal({ lab, terminal });
    } catch (cause) {
      if (!(cause instanceof KeeperFailure && cause.failure === 'no-such-terminal')) throw cause;
    }
  }

  #newMemory(terminal: number, start: number): Stream {
    const { lab, streams, log } = this.#options;
    try {
      return { start, memory: streams.create(lab, terminal, start), hasForgotten: false };
    } catch (cause) {
      log.warn({ lab, terminal, reason: messageOf(cause) }, 'a terminal will not outlive link');
      return { start, memory: undefined, hasForgotten: false };
    }
  }

  /** What an earlier link kept of a terminal; without it the stream begins anew. */
  #recallMemory(terminal: number): Stream {
    const { lab, streams, log } = this.#options;
    try {
      const memory = streams.recover(lab, terminal);
      return { start: memory.start, memory, hasForgotten: false };
    } catch (cause) {
      log.warn({ lab, terminal, reason: messageOf(cause) }, 'what a terminal printed is lost');
      return { ...this.#newMemory(terminal, freshOffset()), hasForgotten: true };
    }
  }

  /** A number that was asked for is not asked for twice. */
  #askOpen(size: TerminalSize): Promise<{ id: number; fd: number }> {
    const { keeper, lab } = this.#options;
    return this.#ask(async () => {
      const id = this.#next++;
      try {
        return { id, fd: await keeper.openTerminal({ lab, terminal: id }, size) };
      } catch (cause) {
        if (isAway(cause)) this.#lost.add(id);
        throw cause;
      }
    });
  }

  /** Asks keeper, again when it was away and is back. Rejects with KeeperFailure. */
  async #ask<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    const { keeper, keeperBackWithinMs } = this.#options;
    const giveUpAt = performance.now() + keeperBackWithinMs;
    for (;;) {
      try {
        return await ask();
      } catch (cause) {
        if (!isAway(cause)) throw cause;
        const isBack = await keeper.back(Math.max(0, giveUpAt - performance.now()));
        if (!isBack || this.#closed || performance.now() >= giveUpAt) throw cause;
      }
    }
  }

  #add(options: { id: number; size: TerminalSize; fd: number } & Stream): Terminal {
    const { events } = this.#options;
    const { lab, streams } = this.#options;
    const terminal: Terminal = new Terminal({
      ...options,
      allowance: this.#allowance,
      keysFirst: this.#keysFirst,
      screen: streams.placeOf(lab, options.id),
      events: {
        output: (chunk) => events.output(terminal, chunk),
        written: (clients) => events.written(terminal, clients),
        exited: () => this.#handleExited(terminal),
      },
    });
    if (this.#closed) {
      terminal.close();
      throw new KeeperFailure('no-such-lab', 'the lab was destroyed meanwhile');
    }
    this.#terminals.set(terminal.id, terminal);
    const early = this.#earlyExits.get(terminal.id);
    this.#earlyExits.delete(terminal.id);
    if (early !== undefined) terminal.handleShellExit(early);
    return terminal;
  }

  #handleExited(terminal: Terminal): void {
    this.#options.events.exited(terminal);
    this.#ended.push(terminal);
    const old = this.#ended.slice(0, -ENDED_TERMINALS);
    const unread = old.filter((each) => !each.isSent);
    const kept = new Set(unread.slice(-ENDED_UNREAD));
    for (const each of old) if (!kept.has(each)) this.#forget(each);
  }

  #forget(terminal: Terminal): void {
    this.#options.events.forgotten(terminal);
    terminal.close();
    this.#options.streams.forgetTerminal(this.#options.lab, terminal.id);
    this.#terminals.delete(terminal.id);
    this.#ended = this.#ended.filter((each) => each !== terminal);
  }
}

function isAway(cause: unknown): boolean {
  return cause instanceof KeeperFailure && cause.failure === 'away';
}

/** Seconds since this moment count for FRESH_BYTES_PER_SECOND of output each. */
const FRESH_SINCE_MS = Date.UTC(2026, 0, 1);
const FRESH_BYTES_PER_SECOND = 2 ** 24;

/**
 * Where the stream of an adopted terminal begins: beyond whatever an earlier link can have sent of it, so that
 * no page takes the new stream for the old one (its offset is below `oldest`: a gap). Fits 53 bits until 2043.
 */
function freshOffset(): number {
  return Math.floor((Date.now() - FRESH_SINCE_MS) / 1000) * FRESH_BYTES_PER_SECOND;
}
