// What learners earned, appended to a file and kept until web has stored it; and which checks a living lab
// has earned already, so that none is earned twice. Survives an end of link or of web at any moment. Knows
// no socket and no check.
import { closeSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { earnedSchema, type Earned } from '../protocol/peer-messages.ts';
import type { LabId, StepRef } from '../protocol/ids.ts';
import type { SeenParameters } from '../protocol/browser-messages.ts';

const FILE = 'outbox.jsonl';

const recordSchema = z.discriminatedUnion('record', [
  z.strictObject({ record: z.literal('earned'), earned: earnedSchema }),
  /** web has stored everything up to here. */
  z.strictObject({ record: z.literal('stored'), sequence: z.int().min(0) }),
  /** The lab is gone: what it earned need not be known any longer. */
  z.strictObject({ record: z.literal('forget'), lab: z.string() }),
]);
type OutboxRecord = z.infer<typeof recordSchema>;

export type Earning = Omit<Earned, 'sequence' | 'at'>;

export class Outbox {
  readonly #fd: number;
  #last = 0;
  #stored = 0;
  #earned: Earned[] = [];
  readonly #latches = new Map<LabId, Map<string, SeenParameters>>();

  /** Reads what an earlier link left in `directory` and drops what nobody needs any more. */
  constructor(directory: string) {
    const path = join(directory, FILE);
    for (const record of readRecords(path)) this.#replay(record);
    this.#rewrite(path);
    this.#fd = openSync(path, 'a', 0o600);
  }

  /** What web has not stored yet, in order. */
  get unstored(): readonly Earned[] {
    const unstored = this.#earned.filter((earned) => earned.sequence > this.#stored);
    return unstored.toSorted((a, b) => a.sequence - b.sequence);
  }

  /** What was seen when this lab earned this check; undefined when it has not. */
  latched(lab: LabId, step: StepRef, check: string): SeenParameters | undefined {
    return this.#latches.get(lab)?.get(latchKey(step, check));
  }

  /** Writes it down; undefined when it was earned before. */
  earn(earning: Earning): Earned | undefined {
    if (this.latched(earning.lab, earning.step, earning.check) !== undefined) return undefined;
    const earned = { ...earning, sequence: this.#last + 1, at: Date.now() };
    this.#append({ record: 'earned', earned });
    return earned;
  }

  /** web has stored everything up to and including `sequence`. */
  markStored(sequence: number): void {
    if (sequence <= this.#stored || sequence > this.#last) return;
    this.#append({ record: 'stored', sequence });
  }

  /** The lab is gone: a new one of that name earns afresh. */
  forget(lab: LabId): void {
    if (this.#latches.has(lab)) this.#append({ record: 'forget', lab });
  }

  /** Labs of which something is remembered. */
  labs(): readonly LabId[] {
    return [...this.#latches.keys()];
  }

  close(): void {
    closeSync(this.#fd);
  }

  #append(record: OutboxRecord): void {
    writeSync(this.#fd, `${JSON.stringify(record)}\n`);
    this.#replay(record);
  }

  #replay(record: OutboxRecord): void {
    switch (record.record) {
      case 'earned': {
        const { earned } = record;
        this.#last = Math.max(this.#last, earned.sequence);
        this.#earned.push(earned);
        const latches = this.#latches.get(earned.lab) ?? new Map<string, SeenParameters>();
        latches.set(latchKey(earned.step, earned.check), earned.seen);
        this.#latches.set(earned.lab, latches);
        break;
      }
      case 'stored':
        this.#stored = record.sequence;
        this.#last = Math.max(this.#last, record.sequence);
        this.#earned = this.#earned.filter((earned) => this.#isNeeded(earned));
        break;
      case 'forget':
        this.#latches.delete(record.lab);
        this.#earned = this.#earned.filter((earned) => this.#isNeeded(earned));
        break;
    }
  }

  #isNeeded(earned: Earned): boolean {
    return earned.sequence > this.#stored || this.#isLatched(earned);
  }

  /** Whether a living lab earned it: not so for what web still has to store of a lab that is gone. */
  #isLatched({ lab, step, check, seen }: Earned): boolean {
    return this.latched(lab, step, check) === seen;
  }

  /** The new file replaces the old one in one step, so that an end in between loses nothing. */
  #rewrite(path: string): void {
    const gone = this.#earned.filter((earned) => !this.#isLatched(earned));
    const living = this.#earned.filter((earned) => this.#isLatched(earned));
    const records: OutboxRecord[] = [
      ...gone.map((earned) => ({ record: 'earned' as const, earned })),
      ...gone.map(({ lab }) => ({ record: 'forget' as const, lab })),
      ...living.map((earned) => ({ record: 'earned' as const, earned })),
      { record: 'stored', sequence: this.#stored },
    ];
    const text = records.map((record) => `${JSON.stringify(record)}\n`).join('');
    writeFileSync(`${path}.new`, text, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }
}

function latchKey(step: StepRef, check: string): string {
  return `${step.course}/${step.version}/${step.chapter}/${step.step}/${check}`;
}

/** A last line without its end was being written when link ended: it was never answered for. */
function readRecords(path: string): OutboxRecord[] {
  const lines = readIfThere(path).split('\n').slice(0, -1);
  return lines.map((line) => recordSchema.parse(JSON.parse(line)));
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}
