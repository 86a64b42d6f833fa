// Archives of home folders by learner: written beside the old one and put in its place in one step, kept for some
// days and within some bytes in all. Looks into none of them. Knows no lab. [L19]
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { LearnerId } from '../../protocol/ids.ts';

const ARCHIVE = '.tar';
const DRAFT = '.draft';
/** Could not be unpacked: left to the operator for as long as the others. */
const ASIDE = '.aside';

export type HomeStoreOptions = {
  directory: string;
  keepMs: number;
  /** Of all together. */
  bytes: number;
};

type Kept = { name: string; bytes: number; savedAt: number };

export class HomeStore {
  readonly #options: HomeStoreOptions;

  /** Drafts of an earlier keeper go: whatever they have is not whole. */
  constructor(options: HomeStoreOptions) {
    this.#options = options;
    mkdirSync(options.directory, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(options.directory)) {
      if (name.endsWith(DRAFT)) rmSync(join(options.directory, name));
    }
  }

  has(learner: LearnerId): boolean {
    return statSync(this.#pathOf(learner, ARCHIVE), { throwIfNoEntry: false }) !== undefined;
  }

  /** For reading; rejects when there is none. The caller closes it. */
  open(learner: LearnerId): Promise<FileHandle> {
    return open(this.#pathOf(learner, ARCHIVE), 'r');
  }

  /** Lets `fill` write a new archive; it takes the place of the old one when that says true, else nothing changes. */
  async replace(
    learner: LearnerId,
    fill: (draft: FileHandle) => Promise<boolean>,
  ): Promise<boolean> {
    const path = this.#pathOf(learner, DRAFT);
    const draft = await open(path, 'w', 0o600);
    let isWhole = false;
    try {
      isWhole = await fill(draft);
      // The name must never come to the disk before the bytes (fsync(2), rename(2)).
      if (isWhole) await draft.sync();
    } finally {
      await draft.close();
      if (!isWhole) await rm(path, { force: true });
    }
    if (!isWhole) return false;
    await rename(path, this.#pathOf(learner, ARCHIVE));
    await this.#syncNames();
    await this.tidy();
    return true;
  }

  async remove(learner: LearnerId): Promise<void> {
    await rm(this.#pathOf(learner, ARCHIVE), { force: true });
  }

  async setAside(learner: LearnerId): Promise<void> {
    await rename(this.#pathOf(learner, ARCHIVE), this.#pathOf(learner, ASIDE));
  }

  /** Removes what is too old, and the oldest of what is too much. */
  async tidy(): Promise<void> {
    const { keepMs, bytes } = this.#options;
    let left = bytes;
    for (const { name, savedAt, bytes: size } of this.#newestFirst()) {
      if (name.endsWith(DRAFT)) continue;
      left -= size;
      const isOver = left < 0 || Date.now() - savedAt > keepMs;
      if (isOver) await rm(join(this.#options.directory, name), { force: true });
    }
  }

  #newestFirst(): Kept[] {
    const { directory } = this.#options;
    return readdirSync(directory)
      .flatMap((name) => {
        const found = statSync(join(directory, name), { throwIfNoEntry: false });
        return found === undefined ? [] : [{ name, bytes: found.size, savedAt: found.mtimeMs }];
      })
      .toSorted((one, other) => other.savedAt - one.savedAt);
  }

  async #syncNames(): Promise<void> {
    const directory = await open(this.#options.directory, 'r');
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  }

  #pathOf(learner: LearnerId, kind: string): string {
    return join(this.#options.directory, `${learner}${kind}`);
  }
}
