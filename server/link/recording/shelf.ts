// Where the recordings of all labs lie, and that they go with their labs. Knows no recording.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { LabId } from '../../protocol/ids.ts';
import { labIdSchema } from '../../protocol/ids.ts';
import { LabRecordings, type LabRecordingsOptions } from './lab-recordings.ts';

export class RecordingShelf {
  readonly #directory: string;
  readonly #limit: number;

  /** `limit`: most bytes of one recording; 0 for none. */
  constructor(ownDir: string, limit: number) {
    this.#directory = join(ownDir, 'recordings');
    this.#limit = limit;
  }

  open(lab: LabId, events: Omit<LabRecordingsOptions, 'directory' | 'limit'>): LabRecordings {
    return new LabRecordings({
      directory: join(this.#directory, lab),
      limit: this.#limit,
      ...events,
    });
  }

  /** Labs of which there are recordings. */
  labs(): LabId[] {
    try {
      const names = readdirSync(this.#directory);
      return names.filter((name) => labIdSchema.safeParse(name).success);
    } catch {
      // Nothing was recorded yet.
      return [];
    }
  }

  /** The lab is gone, and what it showed goes with it. */
  forget(lab: LabId): void {
    rmSync(join(this.#directory, lab), { recursive: true, force: true });
  }
}
