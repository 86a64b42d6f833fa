// The journal: what keeper makes is written down before it is made, one file per lab, so that a later
// keeper re-adopts living labs and removes the remains of dead ones. Knows no kernel. [L9]
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { labIdSchema, learnerIdSchema } from '../protocol/ids.ts';

/** Raised when an older keeper could not read what this one writes; older entries stay readable. */
const VERSION = 1;
/** An entry that was not whole when its keeper was killed. */
const DRAFT = '.draft';

const entrySchema = z.strictObject({
  version: z.literal(VERSION),
  lab: labIdSchema,
  learner: learnerIdSchema,
  address: z.string(),
  createdAt: z.number(),
  /** Number of the user id range. */
  slot: z.int().min(0),
  /** Which of all groups that ever had this slot's name is the lab's; entries of older keepers lack it. */
  group: z.string().regex(/^\d+$/).optional(),
  /** Name of the disk image. */
  image: z.string().regex(/^[\w-]+\.img$/),
  /** Name of the directory that it was put together in; the lab's own name in older entries. */
  place: labIdSchema.optional(),
  /** Made beforehand, and nobody's yet: `learner` means nothing. */
  isWarm: z.boolean().default(false),
  /** Its home is being unpacked: not whole yet, and not to be kept. */
  isUnpacking: z.boolean().default(false),
  /** Set once PID 1 runs: host PIDs, with start times (field 22 of /proc/PID/stat) against reuse. */
  init: z.strictObject({ pid: z.int(), startTime: z.int() }).nullable(),
  /** A process that labs of older keepers had outside. */
  supervisor: z.strictObject({ pid: z.int(), startTime: z.int() }).nullable(),
  /** The processes that entered for terminals, by number. Entries of version 1 may lack it. */
  terminals: z.record(z.string(), z.strictObject({ pid: z.int(), startTime: z.int() })).default({}),
});
export type JournalEntry = z.infer<typeof entrySchema>;

export class Journal {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  }

  /**
   * Entries of labs that were not removed, and names of files that are none. Drafts of an earlier keeper are removed:
   * what they tell of had not begun.
   */
  read(): { entries: JournalEntry[]; unreadable: string[] } {
    const entries: JournalEntry[] = [];
    const unreadable: string[] = [];
    for (const name of readdirSync(this.#directory)) {
      if (name.endsWith(DRAFT)) rmSync(join(this.#directory, name));
      if (!name.endsWith('.json')) continue;
      const entry = parseEntry(readFileSync(join(this.#directory, name), 'utf8'));
      if (entry === undefined) unreadable.push(name);
      else entries.push(entry);
    }
    return { entries, unreadable };
  }

  /** Replaces the lab's entry in one step. */
  write(entry: Omit<JournalEntry, 'version'>): void {
    const path = this.#pathOf(entry.lab);
    writeFileSync(path + DRAFT, JSON.stringify({ version: VERSION, ...entry }), { mode: 0o600 });
    renameSync(path + DRAFT, path);
  }

  remove(lab: string): void {
    rmSync(this.#pathOf(lab), { force: true });
  }

  /** Sets aside a file that cannot be read, so that somebody may look at it. */
  setAside(name: string): void {
    renameSync(join(this.#directory, name), join(this.#directory, `${name}.unreadable`));
  }

  #pathOf(lab: string): string {
    return join(this.#directory, `${lab}.json`);
  }
}

function parseEntry(text: string): JournalEntry | undefined {
  try {
    return entrySchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
