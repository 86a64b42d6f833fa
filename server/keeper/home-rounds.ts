// Keeps the homes of labs in use from time to time, so that a crash costs minutes of work and no more. Knows no archive
// and makes no lab.
import { messageOf } from '../foundation/errors.ts';
import type { Log } from '../foundation/log.ts';
import type { HomeState } from '../protocol/home.ts';
import type { Homes } from './home/homes.ts';
import type { LabRow } from './lab-row.ts';

export type HomeRoundsOptions = {
  homes: Homes;
  /** Milliseconds between two rounds; 0 for none. */
  everyMs: number;
  rows: () => Iterable<LabRow>;
  /** What became of the home of a lab that lives. */
  onHome: (lab: string, home: HomeState) => void;
  log: Log;
};

export class HomeRounds {
  readonly #options: HomeRoundsOptions;
  readonly #timer: NodeJS.Timeout | undefined;
  #isSaving = false;

  constructor(options: HomeRoundsOptions) {
    this.#options = options;
    const { everyMs } = options;
    if (everyMs > 0) this.#timer = setInterval(() => void this.#saveAll(), everyMs);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** One lab after the other: who types now must not notice. Frozen ones were kept before. */
  async #saveAll(): Promise<void> {
    if (this.#isSaving) return;
    this.#isSaving = true;
    for (const row of this.#options.rows()) {
      await this.#save(row).catch((error: unknown) => {
        const { name: lab } = row.lab;
        this.#options.log.error({ lab, error: messageOf(error) }, 'cannot keep a home');
      });
    }
    this.#isSaving = false;
  }

  async #save(row: LabRow): Promise<void> {
    if (row.gone || row.lab.isFrozen) return;
    const home = await this.#options.homes.save(row.entry.learner, row.lab);
    if (home === null || row.gone) return;
    row.home = home;
    this.#options.onHome(row.lab.name, home);
  }
}
