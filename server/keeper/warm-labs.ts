// Labs made beforehand, each with a terminal whose shell shows its prompt: whoever comes gets one at once. Knows
// no learner and no admission.
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../foundation/errors.ts';
import type { Log } from '../foundation/log.ts';
import { newLabId, newLearnerId } from '../foundation/random-id.ts';
import type { LabMaker, Made, Owner } from './lab-maker.ts';

/** Milliseconds after a lab is taken until the next is made: its learner's terminal comes first. */
const REFILL_AFTER_MS = 250;
/** Milliseconds until it is tried again, when there was no room or making one failed. */
const AGAIN_AFTER_MS = 1000;
/** Milliseconds between two looks at how many are wanted: workshops come and go by the clock. */
const LOOK_EVERY_MS = 2000;

export type WarmLabsOptions = {
  maker: LabMaker;
  /** How many to keep just now. */
  wanted: () => number;
  /** Whether one more may be made just now: there is room, and nobody waits for a lab. */
  mayMake: () => Promise<boolean>;
  log: Log;
};

export class WarmLabs {
  readonly #options: WarmLabsOptions;
  readonly #ready: Made[] = [];
  /** The one that is being made; settles when it is ready or has failed, and never rejects. */
  #underWay: Promise<unknown> | undefined;
  #refill: Promise<void> = Promise.resolve();
  readonly #closing = new AbortController();
  #look: NodeJS.Timeout | undefined;
  #isRefilling = false;

  constructor(options: WarmLabsOptions) {
    this.#options = options;
  }

  /** Labs that could be taken, now or in a moment. */
  get count(): number {
    return this.#ready.length + (this.#underWay === undefined ? 0 : 1);
  }

  /** Begins to make them. */
  start(): void {
    this.#startRefill(0);
    this.#look = setInterval(() => this.#adjust(), LOOK_EVERY_MS);
  }

  /** One for `owner`, whose home may have to be unpacked first; undefined when there is none. */
  async take(owner: Owner, isUnpacking: boolean): Promise<Made | undefined> {
    this.#startRefill(REFILL_AFTER_MS);
    for (let made = await this.#next(); made !== undefined; made = await this.#next()) {
      if (made.lab.isAlive) return this.#options.maker.give(made, owner, isUnpacking);
      await this.#discard(made);
    }
    return undefined;
  }

  /** Another lab beside the one that is being made would be one more than there may be. */
  async #next(): Promise<Made | undefined> {
    if (this.#ready.length === 0) await this.#underWay;
    return this.#ready.shift();
  }

  /** Takes all of them apart and makes no more. */
  async close(): Promise<void> {
    this.#closing.abort();
    clearInterval(this.#look);
    await this.#refill;
    await Promise.all(this.#ready.splice(0).map((made) => this.#discard(made)));
  }

  #startRefill(afterMs: number): void {
    this.#refill = this.#refill.then(async () => {
      this.#isRefilling = true;
      await this.#wait(afterMs);
      while (!this.#closing.signal.aborted && this.#ready.length < this.#options.wanted()) {
        if (await this.#options.mayMake()) await this.#makeOrSay();
        else await this.#wait(AGAIN_AFTER_MS);
      }
      this.#isRefilling = false;
    });
  }

  /** Those that nobody came for go, one at a time and the newest first. */
  #adjust(): void {
    if (this.#isRefilling) return;
    const wanted = this.#options.wanted();
    if (this.#ready.length < wanted) this.#startRefill(0);
    const surplus = this.#ready.length > wanted ? this.#ready.pop() : undefined;
    if (surplus !== undefined) this.#refill = this.#refill.then(() => this.#discard(surplus));
  }

  /** Shorter when this is closed meanwhile. */
  async #wait(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#closing.signal }).catch(() => undefined);
  }

  async #makeOrSay(): Promise<void> {
    try {
      const making = this.#make().then((made) => this.#ready.push(made));
      this.#underWay = making.catch(() => undefined);
      await making.finally(() => (this.#underWay = undefined));
    } catch (error) {
      this.#options.log.error({ error: messageOf(error) }, 'cannot keep labs warm');
      await this.#wait(AGAIN_AFTER_MS);
    }
  }

  async #make(): Promise<Made> {
    const owner = { lab: newLabId(), learner: newLearnerId(), address: '' };
    const made = await this.#options.maker.make(owner, { isWarm: true });
    try {
      await made.lab.prepareTerminal();
    } catch (error) {
      await this.#discard(made);
      throw error;
    }
    return made;
  }

  async #discard(made: Made): Promise<void> {
    await this.#options.maker.unmake(made).catch((error: unknown) => {
      this.#options.log.error({ error: messageOf(error) }, 'cannot take a warm lab apart');
    });
  }
}
