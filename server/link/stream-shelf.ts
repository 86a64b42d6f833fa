// Where the memories of all terminals lie, one file each, and that they go with their labs. Knows no terminal.
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { labIdSchema, type LabId } from '../protocol/ids.ts';
import { removeScreen } from './screen/screen-file.ts';
import type { ScreenWorker } from './screen/screen-worker.ts';
import type { ScreenPlace } from './screen/stream-screen.ts';
import { StreamMemory } from './stream-memory.ts';

export class StreamShelf {
  readonly #directory: string;

  readonly #worker: ScreenWorker;

  constructor(ownDir: string, worker: ScreenWorker) {
    this.#directory = join(ownDir, 'streams');
    this.#worker = worker;
  }

  /** A new memory for a stream that begins at `start`. Throws when it cannot be made. */
  create(lab: LabId, terminal: number, start: number): StreamMemory {
    mkdirSync(join(this.#directory, lab), { recursive: true, mode: 0o700 });
    removeScreen(this.placeOf(lab, terminal).screen);
    return StreamMemory.create(this.#pathOf(lab, terminal), start);
  }

  /** What an earlier link left of a terminal. Throws when there is nothing that can be read. */
  recover(lab: LabId, terminal: number): StreamMemory {
    return StreamMemory.recover(this.#pathOf(lab, terminal));
  }

  /** Where the terminal's stream and its screen are. */
  placeOf(lab: LabId, terminal: number): ScreenPlace {
    const stream = this.#pathOf(lab, terminal);
    return { stream, screen: `${stream}.screen`, worker: this.#worker };
  }

  /** The terminal is gone. */
  forgetTerminal(lab: LabId, terminal: number): void {
    const { stream, screen } = this.placeOf(lab, terminal);
    rmSync(stream, { force: true });
    removeScreen(screen);
  }

  /** The lab is gone, and what it showed goes with it. */
  forget(lab: LabId): void {
    rmSync(join(this.#directory, lab), { recursive: true, force: true });
  }

  /** Labs of which there is something. */
  labs(): LabId[] {
    try {
      return readdirSync(this.#directory).filter((name) => labIdSchema.safeParse(name).success);
    } catch {
      // No terminal was opened yet.
      return [];
    }
  }

  #pathOf(lab: LabId, terminal: number): string {
    return join(this.#directory, lab, `${terminal}.stream`);
  }
}
