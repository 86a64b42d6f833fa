// Watches one lab for its readers: decides when to look, judges each reader's step on what was seen, and
// latches what was earned. Knows no keeper (the look is passed in) and no WebSocket.
import { messageOf } from '../foundation/errors.ts';
import type { Log } from '../foundation/log.ts';
import type { CheckState, SeenParameters } from '../protocol/browser-messages.ts';
import type { StepRef } from '../protocol/ids.ts';
import type { ObserveWish } from '../protocol/keeper-verbs.ts';
import type { Reason } from '../protocol/reasons.ts';
import type { Snapshot } from '../protocol/snapshot.ts';
import type { LabHistory } from './checks/history.ts';
import type { CompiledStep, Judgement } from './checks/judge.ts';
import {
  OBSERVE_AFTER_MS,
  OBSERVE_APART_MS,
  OBSERVE_SELDOM_MAX_MS,
  OBSERVE_SELDOM_MS,
  OBSERVE_SLOWLY_MS,
} from './limits.ts';

/** keeper takes so many paths in one observation. */
const PATHS = 32;

/** Somebody who is connected to this lab, and may read a step. */
export type Reader = {
  readonly step: CompiledStep | undefined;
  /** Only a learner's presence, or a page that draws the lab, makes link look; and only their own steps earn. */
  readonly isLearner: boolean;
  showChecks(step: CompiledStep, state: StepState): void;
  /** What its page draws of the lab, while it does. */
  readonly xray: Onlooker;
};

/** Who is shown each look, while it wants to be. */
export type Onlooker = {
  readonly isOn: boolean;
  /** Whether each look is to be into network namespaces, too: their counters move by themselves. */
  readonly wantsNetworks: boolean;
  show(snapshot: Snapshot): void;
};

/** What a step's checks, hints and reasons are at one look. */
export type StepState = { checks: CheckState[]; hints: string[]; reasons: Reason[] };

/** What this lab has earned so far. */
export type Latches = {
  find(step: StepRef, check: string): SeenParameters | undefined;
  earn(step: StepRef, check: string, seen: SeenParameters): void;
};

export type ObserverOptions = {
  /** One look at the lab; undefined when nothing has happened since the one that is known. */
  look(wish: ObserveWish, known: Snapshot | undefined): Promise<Snapshot | undefined>;
  history: LabHistory;
  /** What the terminals of the lab last printed. */
  printed(): string;
  latches: Latches;
  readers: ReadonlySet<Reader>;
  recordings: Onlooker;
  log: Log;
};

type Steps = ReadonlySet<CompiledStep>;

export class Observer {
  readonly #options: ObserverOptions;
  /** Without what has passed: that counts at its own look alone. */
  #latest: Snapshot | undefined;
  /** Steps that a learner read at the last look. */
  #lookedFor: Steps = new Set();
  #looking: Promise<void> | undefined;
  /** performance.now() of the begin of the last look, and of the next one that is planned. */
  #lookedAt = -Infinity;
  #plannedAt = Infinity;
  #activeAt = -Infinity;
  /** And at which something was last seen to have happened, and the networks were last looked into. */
  #workedAt = -Infinity;
  #networksAt = -Infinity;
  /** Looks since then that nothing waited for. */
  #idleLooks = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: ObserverOptions) {
    this.#options = options;
  }

  /** Something was typed or printed in a terminal of the lab, or its learner came. */
  handleActivity(): void {
    const now = performance.now();
    this.#activeAt = now;
    this.#workedAt = now;
    this.#idleLooks = 0;
    this.#plan(Math.max(now + OBSERVE_AFTER_MS, this.#lookedAt + OBSERVE_APART_MS));
  }

  /** A look that begins after this call; the snapshot is the latest there is, undefined without any. */
  async refresh(): Promise<Snapshot | undefined> {
    if (this.#looking !== undefined) await this.#looking;
    this.#looking ??= this.#look();
    await this.#looking;
    return this.#latest;
  }

  /** Judges an answer to a quiz of `step`, and latches it when it is right. */
  async answer(step: CompiledStep, quiz: string, value: string): Promise<boolean | undefined> {
    const snapshot = await this.refresh();
    const verdict = step.answer(quiz, value, snapshot, this.#options.history);
    if (verdict?.right === true && this.#options.latches.find(step.ref, quiz) === undefined) {
      this.#options.latches.earn(step.ref, quiz, {});
    }
    return verdict?.right;
  }

  /** The state of a step as of the latest look. */
  stateOf(step: CompiledStep, judgements: readonly Judgement[] = this.#judge(step)): StepState {
    const checks = this.#states(step, judgements);
    if (this.#latest === undefined || checks.every(({ earned }) => earned)) {
      return { checks, hints: [], reasons: [] };
    }
    const { history } = this.#options;
    const isOpen = new Set(checks.flatMap(({ check, earned }) => (earned ? [] : check)));
    return {
      checks,
      hints: step.fitting(this.#latest, history, this.#options.printed()),
      reasons: step.reasons(this.#latest, history).filter(({ check }) => isOpen.has(check)),
    };
  }

  #states(step: CompiledStep, judgements: readonly Judgement[]): CheckState[] {
    return step.checkIds.map((check) => {
      const judgement = judgements.find((each) => each.check === check);
      const holds = judgement?.holds ?? false;
      const follows = step.follows.has(check);
      const seen = follows ? judgement?.seen : this.#options.latches.find(step.ref, check);
      const earned = follows ? holds : seen !== undefined;
      return { check, earned, follows, holds, ...(seen === undefined ? {} : { seen }) };
    });
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #judge(step: CompiledStep): Judgement[] {
    return this.#latest === undefined ? [] : step.judge(this.#latest, this.#options.history);
  }

  /** An earlier plan stands; a later one is dropped, since each look plans the next. */
  #plan(at: number): void {
    if (this.#closed || at >= this.#plannedAt) return;
    clearTimeout(this.#timer);
    this.#plannedAt = at;
    this.#timer = setTimeout(() => this.#handleTimer(), Math.max(0, at - performance.now()));
  }

  #handleTimer(): void {
    this.#plannedAt = Infinity;
    if (this.#looking !== undefined) {
      this.handleActivity();
      return;
    }
    if (!this.#isWanted()) return;
    // What was printed just now may be the beginning of something: look once more when it has settled.
    const isSettled = performance.now() - this.#activeAt >= OBSERVE_AFTER_MS / 2;
    this.#looking = this.#look();
    if (!isSettled) this.#plan(this.#lookedAt + OBSERVE_APART_MS);
  }

  /** Whether a learner is here, for what ends now may count for the step that is read next; or somebody looks. */
  #isWanted(): boolean {
    return this.#isDrawn() || [...this.#options.readers].some((reader) => reader.isLearner);
  }

  #isDrawn(): boolean {
    return this.#onlookers().some(({ isOn }) => isOn);
  }

  #onlookers(): Onlooker[] {
    const { readers, recordings } = this.#options;
    return [...[...readers].map(({ xray }) => xray), recordings];
  }

  async #look(): Promise<void> {
    this.#lookedAt = performance.now();
    const own = this.#stepsOf((reader) => reader.isLearner);
    // Theirs first: of many paths the last are not looked at.
    const steps = new Set([...own, ...this.#stepsOf(() => true)]);
    // Who turns it on meanwhile is shown the next look: this one lacks what only pages ask for.
    const drawn = this.#isDrawn();
    const paths = new Set([...steps].flatMap((step) => step.paths));
    try {
      const networks = this.#isForNetworks(steps, drawn);
      const wish = {
        paths: [...paths].slice(0, PATHS),
        passing: [...own].some((step) => this.#isUnearned(step)),
        networks,
        drawn,
      };
      const snapshot = await this.#options.look(wish, this.#latest);
      if (snapshot?.networks) this.#networksAt = this.#lookedAt;
      // With networks keeper always has something to tell, without them only when something ran.
      else if (snapshot !== undefined) this.#workedAt = this.#lookedAt;
      if (!this.#closed) this.#handleLook(snapshot, { steps, own, drawn });
    } catch (cause) {
      this.#options.log.debug({ reason: messageOf(cause) }, 'a look at a lab failed');
    } finally {
      this.#looking = undefined;
      const isAwaited = this.#isDrawn() || [...own].some((step) => this.#isUnearned(step));
      this.#plan(this.#lookedAt + (isAwaited ? OBSERVE_SLOWLY_MS : this.#seldom()));
    }
  }

  /** What changes in networks is drawn when something was done in the lab; it costs a process to see. */
  #isForNetworks(steps: Steps, drawn: boolean): boolean {
    return (
      [...steps].some((step) => step.wantsNetworks) ||
      this.#onlookers().some(({ isOn, wantsNetworks }) => isOn && wantsNetworks) ||
      (drawn && this.#workedAt >= this.#networksAt)
    );
  }

  #stepsOf(counts: (reader: Reader) => boolean): Set<CompiledStep> {
    const readers = [...this.#options.readers].filter(counts);
    return new Set(readers.flatMap(({ step }) => step ?? []));
  }

  /** Milliseconds to the next look that nothing waits for: more each time, until something is done again. */
  #seldom(): number {
    const pause = Math.min(OBSERVE_SELDOM_MS * 4 ** this.#idleLooks, OBSERVE_SELDOM_MAX_MS);
    this.#idleLooks += 1;
    return pause;
  }

  #handleLook(
    snapshot: Snapshot | undefined,
    { steps, own, drawn }: { steps: Steps; own: Steps; drawn: boolean },
  ): void {
    if (snapshot !== undefined) {
      this.#latest = { ...snapshot, passed: [] };
      this.#options.history.observe(snapshot);
    }
    for (const step of steps) {
      // What passed before a step was read is no deed of that step.
      const seen = this.#lookedFor.has(step) ? snapshot : this.#latest;
      if (seen !== undefined) this.#judgeFor(step, seen, own.has(step));
    }
    this.#lookedFor = own;
    if (snapshot === undefined || !drawn) return;
    for (const onlooker of this.#onlookers()) if (onlooker.isOn) onlooker.show(snapshot);
  }

  /** `earns`: what holds while somebody else reads it is no deed of the learner's. */
  #judgeFor(step: CompiledStep, snapshot: Snapshot, earns: boolean): void {
    const judgements = step.judge(snapshot, this.#options.history);
    for (const { check, holds, seen } of judgements) {
      if (earns && holds && this.#options.latches.find(step.ref, check) === undefined) {
        this.#options.latches.earn(step.ref, check, seen ?? {});
      }
    }
    const state = this.stateOf(step, judgements);
    for (const reader of this.#options.readers) {
      if (reader.step === step) reader.showChecks(step, state);
    }
  }

  #isUnearned(step: CompiledStep): boolean {
    return step.checkIds.some((id) => this.#options.latches.find(step.ref, id) === undefined);
  }
}
