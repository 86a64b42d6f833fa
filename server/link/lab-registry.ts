// The labs that are alive, who wants one, and their end: labs are made when their learner first says hello,
// wait in line when there is no room, and go when their time is over. Knows no WebSocket.
import { messageOf } from '../foundation/errors.ts';
import type { Log } from '../foundation/log.ts';
import { closeReasons } from '../protocol/close-codes.ts';
import type { Grant } from '../protocol/grant.ts';
import type { LabId } from '../protocol/ids.ts';
import type { LabState, Refusal } from '../protocol/keeper-verbs.ts';
import { Arrival, type Guest } from './arrival.ts';
import type { CourseBook } from './checks/judge.ts';
import type { Greeting, KeeperClient } from './keeper-client.ts';
import { KeeperFailure, type KeeperEvent } from './keeper-connection.ts';
import { Lab, type LabConfig, type Ledger } from './lab.ts';
import { LINE_RETRY_MS } from './limits.ts';
import type { RecordingShelf } from './recording/shelf.ts';
import type { StreamShelf } from './stream-shelf.ts';
import { WaitingLine } from './waiting-line.ts';

export type LabRegistryOptions = {
  config: LabConfig;
  keeper: KeeperClient;
  ledger: Ledger & { forget(lab: LabId): void; labs(): readonly LabId[] };
  shelf: RecordingShelf;
  streams: StreamShelf;
  book: CourseBook;
  log: Log;
  /** How full the lab host is has changed. */
  changed(): void;
};

export type Occupancy = { labs: number; capacity: number; waiting: number; ready: boolean };

export class LabRegistry {
  readonly #options: LabRegistryOptions;
  readonly #labs = new Map<LabId, Lab>();
  readonly #arrivals = new Map<LabId, Arrival>();
  readonly #adopting = new Map<LabId, Promise<void>>();
  /** Labs that keeper is destroying. */
  readonly #leaving = new Map<LabId, Promise<void>>();
  /** Labs that were to be destroyed while keeper was away. */
  readonly #doomed = new Map<LabId, 'save' | 'forget'>();
  readonly #line = new WaitingLine();
  #capacity = 0;
  #isReady = false;
  #isServing = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(options: LabRegistryOptions) {
    this.#options = options;
  }

  get occupancy(): Occupancy {
    const waiting = this.#line.length;
    return { labs: this.#labs.size, capacity: this.#capacity, waiting, ready: this.#isReady };
  }

  /** Brings a page into its lab, now or later. The returned function lets it leave the line. */
  enter(grant: Grant, guest: Guest): () => void {
    const lab = this.#labs.get(grant.lab);
    if (lab !== undefined) {
      guest.admitted({ lab, created: false });
      return () => undefined;
    }
    if (!this.#isReady) return this.#enterWhenReady(grant, guest);
    if (grant.role !== 'learner') {
      guest.refused(new KeeperFailure('no-such-lab', 'there is no such lab'));
      return () => undefined;
    }
    const arrival = this.#arrivals.get(grant.lab) ?? this.#announce(grant);
    arrival.add(guest);
    return () => {
      arrival.remove(guest);
      if (arrival.isDeserted) this.#settle(arrival);
      this.#options.changed();
    };
  }

  /** Destroys a lab, when keeper is back if it is away: its pages are told labGone, and the next in line is served. */
  destroy(lab: Lab, home: 'save' | 'forget'): void {
    if (this.#drop(lab)) this.#askEnd(lab.id, home);
  }

  /** keeper is there: takes over the labs it has, and lets go of those it has not. */
  async handleReady(greeting: Greeting): Promise<void> {
    this.#capacity = greeting.capacity;
    const living = new Map(greeting.labs.map((state) => [state.lab, state]));
    // Before anybody can ask for a lab in the place of one of these.
    for (const [lab, home] of this.#doomed) if (living.has(lab)) this.#askEnd(lab, home);
    this.#doomed.clear();
    for (const lab of this.#labs.values()) {
      const state = living.get(lab.id);
      if (state === undefined) this.#drop(lab);
      else {
        lab.learnFrozen(state.frozen);
        lab.learnHome(state.home);
        lab.terminals.reconcile(state.terminals);
      }
    }
    const { ledger, shelf, streams } = this.#options;
    for (const id of [...ledger.labs(), ...shelf.labs(), ...streams.labs()]) {
      if (!living.has(id)) this.#forget(id);
    }
    await Promise.all([...living.values()].map((state) => this.#adopt(state)));
    this.#isReady = true;
    this.#options.changed();
    void this.#serve();
  }

  handleAway(): void {
    this.#isReady = false;
    this.#options.changed();
  }

  handleEvent(event: KeeperEvent): void {
    const lab = this.#labs.get(event.lab);
    if (lab === undefined) return;
    switch (event.type) {
      case 'terminal-exit':
        lab.terminals.handleShellExit(event.terminal, { code: event.code, signal: event.signal });
        break;
      case 'home':
        lab.learnHome(event.home);
        break;
      case 'lab-gone':
        this.#drop(lab);
        void this.#serve();
        break;
    }
  }

  /** Lets go of all labs, which live on in keeper. */
  close(): void {
    clearTimeout(this.#retry);
    for (const lab of this.#labs.values()) lab.close(closeReasons.goingAway);
    this.#labs.clear();
  }

  /** keeper that is started again is back in a moment: a page need not come again for that. */
  #enterWhenReady(grant: Grant, guest: Guest): () => void {
    const { keeper, config } = this.#options;
    let hasLeft = false;
    let leave = (): void => undefined;
    void keeper.back(config.keeperBackWithinMs).then((isBack) => {
      if (hasLeft) return;
      if (isBack && this.#isReady) leave = this.enter(grant, guest);
      else guest.refused(new KeeperFailure('away', 'the lab host is not ready yet'));
    });
    return () => {
      hasLeft = true;
      leave();
    };
  }

  #askEnd(lab: LabId, home: 'save' | 'forget'): void {
    const gone = this.#options.keeper.destroyLab(lab, home).catch((cause: unknown) => {
      const isAway = cause instanceof KeeperFailure && cause.failure === 'away';
      if (isAway) this.#doomed.set(lab, home);
      else this.#options.log.warn({ lab, reason: messageOf(cause) }, 'a lab was not destroyed');
    });
    const leaving = gone.then(() => {
      this.#leaving.delete(lab);
      void this.#serve();
    });
    this.#leaving.set(lab, leaving);
  }

  #announce(grant: Grant): Arrival {
    const arrival = new Arrival(grant);
    this.#arrivals.set(grant.lab, arrival);
    if (this.#line.holdsUpNewcomers()) this.#wait(arrival, 'labs');
    else void this.#ask(arrival);
    return arrival;
  }

  /** Asks keeper for the lab. Resolves to why it was refused, or undefined when it was not. */
  async #ask(arrival: Arrival): Promise<Refusal['reason'] | undefined> {
    const { lab, learner, address } = arrival.grant;
    try {
      await this.#leaving.get(lab);
      const answer = await this.#options.keeper.createLab({ lab, learner, address });
      if ('refused' in answer && !arrival.isDeserted) {
        this.#wait(arrival, answer.refused.reason);
        return answer.refused.reason;
      }
      this.#settle(arrival);
      if ('refused' in answer) return undefined;
      await this.#adopt(answer.state);
      const made = this.#labs.get(lab);
      if (made !== undefined) arrival.admit(made, answer.created);
      else arrival.refuse(new KeeperFailure('no-such-lab', 'the lab was destroyed at once'));
    } catch (cause) {
      this.#settle(arrival);
      arrival.refuse(cause);
    }
    this.#options.changed();
    return undefined;
  }

  #settle(arrival: Arrival): void {
    if (this.#arrivals.get(arrival.lab) === arrival) this.#arrivals.delete(arrival.lab);
    this.#line.leave(arrival);
  }

  #wait(arrival: Arrival, reason: Refusal['reason']): void {
    if (this.#line.waiters().includes(arrival)) this.#line.refuse(arrival, reason);
    else this.#line.enter(arrival, reason);
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#serve(), LINE_RETRY_MS);
    this.#options.changed();
  }

  /** Tries those who wait, in order, until one finds the house full; an address that is full blocks only itself. */
  async #serve(): Promise<void> {
    if (this.#isServing || !this.#isReady) return;
    this.#isServing = true;
    for (const waiter of this.#line.waiters()) {
      const arrival = this.#arrivals.get(waiter.lab);
      if (arrival === undefined) continue;
      const refusal = await this.#ask(arrival);
      if (refusal !== undefined && refusal !== 'address') break;
    }
    this.#isServing = false;
  }

  async #adopt(state: LabState): Promise<void> {
    if (this.#labs.has(state.lab) || this.#leaving.has(state.lab)) return;
    const adopting = this.#adopting.get(state.lab) ?? this.#takeOver(state);
    this.#adopting.set(state.lab, adopting);
    try {
      await adopting;
    } finally {
      this.#adopting.delete(state.lab);
    }
  }

  async #takeOver(state: LabState): Promise<void> {
    const { config, keeper, ledger, shelf, streams, book, log } = this.#options;
    const lab = new Lab({
      id: state.lab,
      learner: state.learner,
      createdAt: state.createdAt,
      frozen: state.frozen,
      home: state.home,
      config,
      keeper,
      ledger,
      shelf,
      streams,
      book,
      log,
      over: (ended) => this.destroy(ended, 'save'),
    });
    for (const terminal of state.terminals) {
      try {
        await lab.terminals.adopt(terminal);
      } catch (cause) {
        if (cause instanceof KeeperFailure && cause.failure === 'away') {
          // It lives, and would be hidden until link starts again: when keeper is back, all is taken over anew.
          lab.close();
          throw cause;
        }
        log.warn({ lab: lab.id, terminal, reason: messageOf(cause) }, 'a terminal was not adopted');
      }
    }
    this.#labs.set(lab.id, lab);
  }

  /** False when it was dropped before. */
  #drop(lab: Lab): boolean {
    if (!this.#labs.delete(lab.id)) return false;
    lab.close();
    this.#forget(lab.id);
    this.#options.changed();
    return true;
  }

  #forget(lab: LabId): void {
    this.#options.ledger.forget(lab);
    this.#options.shelf.forget(lab);
    this.#options.streams.forget(lab);
  }
}
