// Keeps learners' home folders beyond the life of their labs: packed in the lab by the lab's own tar, counted and
// written down here, unpacked in the next lab. Whoever is hostile spoils their own and no other. [L19]
import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { messageOf } from '../../foundation/errors.ts';
import type { Log } from '../../foundation/log.ts';
import type { HomeState } from '../../protocol/home.ts';
import type { LearnerId } from '../../protocol/ids.ts';
import type { Errand } from '../lab/errand.ts';
import type { Lab } from '../lab/lab.ts';
import { Lane } from '../lane.ts';
import type { HomeStore } from './home-store.ts';

/** Packed or unpacked at the same time; each may take the core that its lab may take. */
const AT_ONCE = 4;
/** Milliseconds for one; 64 MiB take about half a second. Whoever is later was not let finish by their own lab. */
const PACK_WITHIN_MS = 10_000;
const UNPACK_WITHIN_MS = 30_000;
/** Milliseconds for all that a house keeps at its end; main waits sixty seconds for keeper. */
const LAST_WITHIN_MS = 30_000;

const HOME = '/home/student';
// As the lab's root: what a learner made by sudo is part of the home, with its owner, capabilities and xattrs.
const attributes = "--numeric-owner --xattrs --xattrs-include='*'";
const pack = `cd ${HOME} && exec /bin/tar --create --file=- --one-file-system --sparse ${attributes} .`;
const unpack = `cd ${HOME} && find . -mindepth 1 -delete &&
exec /bin/tar --extract --file=- --same-owner --same-permissions --delay-directory-restore ${attributes}`;
/** tar's own words: all is well, and a file was changed while it was read. */
const packed: ReadonlySet<number | null> = new Set([0, 1]);

export type HomesOptions = {
  store: HomeStore;
  /** Of one archive; 0 to keep none. */
  bytes: number;
  log: Log;
};

export class Homes {
  readonly #options: HomesOptions;
  readonly #lane = new Lane(AT_ONCE);
  /** What is under way for a learner: the next lab waits for what the one before leaves. */
  readonly #turns = new Map<LearnerId, Promise<unknown>>();
  /** performance.now() after which nothing more is kept. */
  #endsAt = Infinity;

  constructor(options: HomesOptions) {
    this.#options = options;
  }

  /** Whether a fresh lab of this learner is to get something. */
  async isKept(learner: LearnerId): Promise<boolean> {
    await this.#turns.get(learner);
    return this.#options.bytes > 0 && this.#options.store.has(learner);
  }

  /** Keeps the home as it is; null when there was nothing to do. */
  save(learner: LearnerId, lab: Lab): Promise<HomeState | null> {
    return this.#inTurn(learner, async () => {
      const withinMs = Math.min(PACK_WITHIN_MS, this.#endsAt - performance.now());
      if (this.#options.bytes === 0 || !lab.wasEntered || !lab.isAlive || withinMs <= 0)
        return null;
      return this.#pack(learner, lab, AbortSignal.timeout(withinMs));
    });
  }

  /** The same for a lab that is to end: nothing else runs in it any more. */
  async saveLast(learner: LearnerId, lab: Lab): Promise<void> {
    if (this.#options.bytes === 0 || !lab.wasEntered || !lab.isAlive) return;
    await lab.quieten();
    const state = await this.save(learner, lab);
    if (state !== 'saved') this.#options.log.warn({ lab: lab.name, state }, 'a home was not kept');
  }

  /** Unpacks what is kept into a fresh lab. Throws when the lab ended meanwhile. */
  bringBack(learner: LearnerId, lab: Lab): Promise<HomeState> {
    return this.#inTurn(learner, async () => {
      // Its shell has read the files of a new home already.
      lab.dropReadyTerminal();
      if (await this.#unpack(learner, lab, AbortSignal.timeout(UNPACK_WITHIN_MS)))
        return 'restored';
      if (!lab.isAlive) throw new Error('the lab ended while its home was unpacked');
      this.#options.log.error({ lab: lab.name, learner }, 'a home cannot be unpacked; set aside');
      await this.#options.store.setAside(learner);
      return 'incomplete';
    });
  }

  /** The learner wants to start with an empty home. */
  forget(learner: LearnerId): Promise<void> {
    return this.#inTurn(learner, () => this.#options.store.remove(learner));
  }

  /** From here on all that is still kept shares one deadline. */
  hurry(): void {
    this.#endsAt = performance.now() + LAST_WITHIN_MS;
  }

  async #pack(learner: LearnerId, lab: Lab, signal: AbortSignal): Promise<HomeState> {
    let state: HomeState = 'failed';
    try {
      await this.#options.store.replace(learner, async (draft) => {
        const errand = lab.startErrand(pack);
        state = await withinDeadline(errand, signal, () => this.#receive(errand, draft));
        return state === 'saved';
      });
    } catch (error) {
      this.#options.log.warn({ lab: lab.name, error: messageOf(error) }, 'a home was not packed');
      return 'failed';
    }
    return state;
  }

  async #receive(errand: Errand, draft: FileHandle): Promise<HomeState> {
    errand.input.end();
    let size = 0;
    for await (const chunk of errand.output) {
      if (!Buffer.isBuffer(chunk)) continue;
      size += chunk.length;
      if (size > this.#options.bytes) return 'too-large';
      await draft.writeFile(chunk);
    }
    const code = await errand.ended;
    return size > 0 && packed.has(code) ? 'saved' : 'failed';
  }

  async #unpack(learner: LearnerId, lab: Lab, signal: AbortSignal): Promise<boolean> {
    const archive = await this.#options.store.open(learner);
    try {
      const errand = lab.startErrand(unpack);
      return await withinDeadline(errand, signal, async () => {
        errand.output.resume();
        // tar may stop reading at the archive's own end; its exit code tells.
        await pipeline(archive.createReadStream({ autoClose: false }), errand.input).catch(
          () => undefined,
        );
        return (await errand.ended) === 0;
      });
    } catch (error) {
      this.#options.log.warn({ lab: lab.name, error: messageOf(error) }, 'a home was not unpacked');
      return false;
    } finally {
      await archive.close();
    }
  }

  /** One after the other for each learner, and so many at a time for all. */
  #inTurn<T>(learner: LearnerId, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(learner) ?? Promise.resolve();
    const turn = before.then(() => this.#lane.run(work));
    const settled = turn
      .catch(() => undefined)
      .then(() => {
        if (this.#turns.get(learner) === settled) this.#turns.delete(learner);
      });
    this.#turns.set(learner, settled);
    return turn;
  }
}

/** Whatever is left of the errand afterwards is killed. */
async function withinDeadline<T>(
  errand: Errand,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const cancel = (): void => errand.cancel();
  signal.addEventListener('abort', cancel);
  try {
    return await work();
  } finally {
    signal.removeEventListener('abort', cancel);
    errand.cancel();
  }
}
