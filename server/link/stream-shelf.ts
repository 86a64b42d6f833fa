// Where the memories of all terminals lie, one file each, and that they go with their labs. Knows no terminal.
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { labIdSchema, type LabId } from '../protocol/ids.ts';
import { StreamMemory } from './stream-memory.ts';

export class StreamShelf {
  readonly #directory: string;

  constructor(ownDir: string) {
    this.#directory = join(ownDir, 'streams');
  }

  /** A new memory for a stream that begins at `start`. Throws when it cannot be made. */
  create(lab: LabId, terminal: number, start: number): StreamMemory {
    mkdirSync(join(this.#directory, lab), { recursive: true, mode: 0o700 });
    return StreamMemory.create(this.#pathOf(lab, terminal), start);
  }

  /** What an earlier link left of a terminal. Throws when there is nothing that can be read. */
  recover(lab: LabId, terminal: number): StreamMemory {
    return StreamMemory.recover(this.#pathOf(lab, terminal));
  }

  /** The terminal is gone. */
  forgetTerminal(lab: LabId, terminal: number): void {
    rmSync(this.#pathOf(lab, terminal), { force: true });
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
