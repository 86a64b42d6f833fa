// The labs of this lab host: made, found again, taken apart. Writes the journal before it acts, and asks
// admission before that. Knows no socket.
import { statfsSync } from 'node:fs';
import { ExplainedError, messageOf } from '../foundation/errors.ts';
import type { Log } from '../foundation/log.ts';
import { isAlive, type ProcessIdentity } from '../kernel/processes.ts';
import type { HomeState } from '../protocol/home.ts';
import type { LabState, Refusal } from '../protocol/keeper-verbs.ts';
import { admit, type AdmissionLimits } from './admission.ts';
import type { Homes } from './home/homes.ts';
import type { Journal, JournalEntry } from './journal.ts';
import type { Lab, LabHost } from './lab/lab.ts';
import { HomeRounds } from './home-rounds.ts';
import { LabMaker, type Made, type Owner } from './lab-maker.ts';
import { isHardToKeep, stateOf, type LabRow } from './lab-row.ts';
import { Lane } from './lane.ts';
import { WarmLabs } from './warm-labs.ts';

/** Labs made at the same time. Each holds a core for most of its 40 ms; more would only wait. */
const CREATIONS = 2;
/** Labs taken apart at the same time; 200 at once took five times as long as four at a time. */
const DESTRUCTIONS = 4;
/** Milliseconds between two looks at whether each lab's PID 1 lives. */
const WATCH_EVERY_MS = 2000;

/** An address that no lab has. */
const NOBODY = 'nobody';

/** What a lab that ends leaves of its home: kept, forgotten with what was kept before, or as it was. */
type HomeFate = 'save' | 'forget' | 'leave';

export type LabTableOptions = {
  host: LabHost;
  journal: Journal;
  limits: AdmissionLimits;
  /** Labs to keep ready just now for those who come, told how many were given since a moment. */
  warm: (givenSince: (since: number) => number) => number;
  homes: Homes;
  /** Milliseconds between two times that the homes of all labs in use are kept; 0 for only at their end. */
  saveEveryMs: number;
  log: Log;
  /** A lab ended without anybody having asked. */
  onGone: (lab: string) => void;
  /** What became of the home of a lab that lives. */
  onHome: (lab: string, home: HomeState) => void;
};

export class LabTable {
  readonly #options: LabTableOptions;
  readonly #rows = new Map<string, LabRow>();
  readonly #making = new Map<string, Promise<LabRow>>();
  readonly #makingAddresses = new Map<string, string>();
  readonly #ending = new Map<string, Promise<void>>();
  readonly #creationLane = new Lane(CREATIONS);
  readonly #destructionLane = new Lane(DESTRUCTIONS);
  readonly #watch: NodeJS.Timeout;
  readonly #homeRounds: HomeRounds;
  readonly #maker: LabMaker;
  readonly #warm: WarmLabs;

  constructor(options: LabTableOptions) {
    this.#options = options;
    this.#maker = new LabMaker(options.host, options.journal);
    this.#warm = new WarmLabs({
      maker: this.#maker,
      wanted: () => options.warm((since) => this.#givenSince(since)),
      mayMake: async () => this.#making.size === 0 && (await this.#admit(undefined)) === undefined,
      log: options.log,
    });
    this.#watch = setInterval(() => this.#findDead(), WATCH_EVERY_MS);
    this.#homeRounds = new HomeRounds({
      homes: options.homes,
      everyMs: options.saveEveryMs,
      rows: () => this.#rows.values(),
      onHome: options.onHome,
      log: options.log,
    });
  }

  find(name: string): Lab | undefined {
    const row = this.#rows.get(name);
    return row === undefined || row.gone ? undefined : row.lab;
  }

  /** The process that entered the lab for a terminal that an earlier keeper opened, while it lives. */
  entryOf(name: string, terminal: number): ProcessIdentity | undefined {
    const entry = this.#rows.get(name)?.entry.terminals[terminal];
    return entry !== undefined && isAlive(entry) ? entry : undefined;
  }

  /** Writes down which terminals the lab has, for the keeper after this one. */
  noteTerminals(name: string): void {
    const row = this.#rows.get(name);
    if (row === undefined || row.gone) return;
    const earlier = Object.entries(row.entry.terminals).filter(([, entry]) => isAlive(entry));
    const open = [...row.lab.terminals].map(
      ([number, { entry }]) => [String(number), entry] as const,
    );
    row.entry = { ...row.entry, terminals: Object.fromEntries([...earlier, ...open]) };
    this.#options.journal.write(row.entry);
  }

  list(): LabState[] {
    return [...this.#rows.values()].filter((row) => !row.gone).map(stateOf);
  }

  /** The lab, made if there is none; or the refusal of admission. */
  async create(
    request: Owner,
  ): Promise<{ state: LabState; created: boolean } | { refused: Refusal }> {
    // A lab that could not be taken apart is tried again before a new one takes its name.
    if (this.#rows.get(request.lab)?.gone === true) await this.destroy(request.lab, 'leave');
    const row = this.#rows.get(request.lab) ?? (await this.#making.get(request.lab));
    if (row !== undefined) return { state: stateOf(row), created: false };
    const refused = await this.#admit(request.address);
    if (refused !== undefined) return { refused };
    // Another request for the same lab may have begun while disk space was counted.
    const begun = this.#making.get(request.lab);
    if (begun !== undefined) return { state: stateOf(await begun), created: false };
    const making = this.#creationLane.run(() => this.#make(request));
    this.#making.set(request.lab, making);
    try {
      return { state: stateOf(await making), created: true };
    } finally {
      this.#making.delete(request.lab);
    }
  }

  /** Takes the lab apart. Returns when nothing of it is left; a lab that does not exist is no error. */
  async destroy(name: string, home: HomeFate): Promise<void> {
    await this.#making.get(name)?.catch(() => undefined);
    const row = this.#rows.get(name);
    if (row === undefined) return this.#ending.get(name);
    const ending = this.#ending.get(name) ?? this.#end(row, home);
    this.#ending.set(name, ending);
    try {
      await ending;
    } finally {
      this.#ending.delete(name);
    }
  }

  async destroyAll(): Promise<void> {
    clearInterval(this.#watch);
    this.#homeRounds.close();
    await this.#warm.close();
    this.#options.homes.hurry();
    // Those that could not be kept before go last: they may take all the time there is.
    const rows = [...this.#rows.values()].toSorted(
      (one, other) => Number(isHardToKeep(one)) - Number(isHardToKeep(other)),
    );
    const names = [...rows.map(({ lab }) => lab.name), ...this.#making.keys()];
    await Promise.all(names.map((name) => this.destroy(name, 'save')));
  }

  /** Takes over what an earlier keeper left: with `adopt` living labs go on, all other remains are removed. */
  async recover(entries: readonly JournalEntry[], mode: 'adopt' | 'remove'): Promise<void> {
    const given = new Set(entries.filter(({ isWarm }) => !isWarm).map(({ slot }) => slot));
    for (const { isWarm, slot, lab } of entries) {
      // keeper ended while it gave this one to a learner: the other entry is the truth.
      if (isWarm && given.has(slot)) this.#options.journal.remove(lab);
    }
    const valid = entries.filter(({ isWarm, slot }) => !isWarm || !given.has(slot));
    await Promise.all(valid.map((entry) => this.#recoverOne(entry, mode)));
    this.#warm.start();
  }

  /** Living labs that were given to learners since then. */
  #givenSince(since: number): number {
    return this.list().filter(({ createdAt }) => createdAt >= since).length;
  }

  async #recoverOne(entry: JournalEntry, mode: 'adopt' | 'remove'): Promise<void> {
    const { log } = this.#options;
    const lab = this.#maker.find(entry);
    this.#rows.set(entry.lab, { lab, entry, gone: false, home: null });
    // One whose home was being unpacked is nobody's yet, and must not be kept as if it were whole.
    const isUsed = !entry.isWarm && !entry.isUnpacking;
    if (mode === 'adopt' && lab.isAlive && isUsed) {
      log.info({ lab: entry.lab }, 'took over a living lab');
      return;
    }
    log.info({ lab: entry.lab }, 'removing the remains of a lab');
    // What cannot be removed now keeps nobody from a lab; the watch tries again.
    await this.destroy(entry.lab, isUsed ? 'save' : 'leave').catch((error: unknown) => {
      log.error({ lab: entry.lab, error: messageOf(error) }, 'cannot remove the remains of a lab');
    });
  }

  /** Whether there is room for a lab of `address`, or, without one, for one more warm lab. */
  async #admit(address: string | undefined): Promise<Refusal | undefined> {
    const { host, limits } = this.#options;
    const rows = [...this.#rows.values()];
    const used = await Promise.all(
      rows.map((row) => host.disks.usedBytes(row.lab.image).catch(() => limits.diskBytes)),
    );
    const making = [...this.#makingAddresses.values()];
    const promised = used.reduce((sum, bytes) => sum + Math.max(0, limits.diskBytes - bytes), 0);
    // Whoever is let in may take a warm lab, whose room is counted already.
    const warm = address === undefined ? this.#warm.count : Math.max(0, this.#warm.count - 1);
    const others = address === undefined ? Array.from({ length: warm }, () => '') : [];
    const space = statfsSync(host.disks.directory);
    return admit(
      limits,
      {
        addresses: [...rows.map((row) => row.entry.address), ...making, ...others],
        promisedBytes: promised + (making.length + warm) * limits.diskBytes,
        freeBytes: space.bavail * space.bsize,
      },
      address ?? NOBODY,
    );
  }

  async #make(owner: Owner): Promise<LabRow> {
    this.#makingAddresses.set(owner.lab, owner.address);
    try {
      const hasHome = await this.#options.homes.isKept(owner.learner);
      const made =
        (await this.#warm.take(owner, hasHome)) ??
        (await this.#maker.make(owner, { isWarm: false, isUnpacking: hasHome }));
      const row = hasHome ? await this.#bringHomeBack(made) : { ...made, gone: false, home: null };
      this.#rows.set(owner.lab, row);
      row.lab.onEnd(() => this.#findDead());
      return row;
    } finally {
      this.#makingAddresses.delete(owner.lab);
    }
  }

  async #bringHomeBack(made: Made): Promise<LabRow> {
    try {
      const home = await this.#options.homes.bringBack(made.entry.learner, made.lab);
      const entry = { ...made.entry, isUnpacking: false };
      this.#options.journal.write(entry);
      return { lab: made.lab, entry, gone: false, home };
    } catch (error) {
      await this.#maker.unmake(made);
      throw error;
    }
  }

  async #end(row: LabRow, home: HomeFate): Promise<void> {
    const isFirstTry = !row.gone;
    row.gone = true;
    if (isFirstTry && home === 'save') {
      await this.#options.homes.saveLast(row.entry.learner, row.lab).catch((error: unknown) => {
        const { name: lab } = row.lab;
        this.#options.log.error({ lab, error: messageOf(error) }, 'cannot keep a home');
      });
    }
    if (isFirstTry && home === 'forget') await this.#options.homes.forget(row.entry.learner);
    await this.#destructionLane.run(() => row.lab.destroy());
    this.#options.journal.remove(row.lab.name);
    this.#rows.delete(row.lab.name);
  }

  #findDead(): void {
    for (const row of this.#rows.values()) {
      // One that could not be taken apart, for a process in D state, is tried again.
      if (this.#ending.has(row.lab.name) || (!row.gone && row.lab.isAlive)) continue;
      if (!row.gone) this.#options.onGone(row.lab.name);
      this.destroy(row.lab.name, 'leave').catch((error: unknown) => {
        this.#options.log.error(
          { lab: row.lab.name, error: messageOf(error) },
          'cannot remove a dead lab',
        );
      });
    }
  }
}

/** The failure of a verb about a lab or terminal that is not there. */
export function noSuch(what: 'lab' | 'terminal', name: string | number): ExplainedError {
  return new ExplainedError({ code: `no-such-${what}`, sentence: `There is no ${what} ${name}.` });
}
