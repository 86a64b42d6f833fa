// Collects the samples of one kind of benchmark by measure, each declared beforehand with its unit and with
// what it is compared to. Knows no measurement.
import { summarize, type Summary } from './samples.ts';
import type { Target, Verdict } from './target.ts';

export type Measure = {
  name: string;
  unit: 'ms' | 'MB/s' | 'KiB' | 'MiB' | 'GiB' | 'per s' | '% of a core';
  /** Name of the floor or peer of the same run that the median is divided by. */
  beside?: string;
  /** What it must be, what would be better still, and which figure is held against them. */
  bar?: Target;
  goal?: Target;
  judged?: 'median' | 'p95' | 'p99';
};

export type Row = Pick<Measure, 'name' | 'unit' | 'beside'> &
  Summary & { ratio?: number; judged: 'median' | 'p95' | 'p99'; bar?: Verdict; goal?: Verdict };
export type Skipped = { name: string; why: string };
export type KindReport = { kind: string; rows: Row[]; skipped: Skipped[]; notes: string[] };

export class Tally {
  readonly #kind: string;
  readonly #measures: readonly Measure[];
  readonly #samples = new Map<string, number[]>();
  readonly #skipped: Skipped[] = [];
  readonly #notes: string[] = [];

  constructor(kind: string, measures: readonly Measure[]) {
    this.#kind = kind;
    this.#measures = measures;
  }

  add(name: string, ...samples: number[]): void {
    if (!this.#measures.some((measure) => measure.name === name)) {
      throw new Error(`${name} is no measure of ${this.#kind}`);
    }
    const list = this.#samples.get(name) ?? [];
    list.push(...samples);
    this.#samples.set(name, list);
  }

  /** What cannot be measured here, and why. */
  skip(name: string, why: string): void {
    this.#skipped.push({ name, why });
  }

  /** What a reader must know to read the figures aright. */
  note(text: string): void {
    this.#notes.push(text);
  }

  report(): KindReport {
    const rows = this.#measures.flatMap((measure) => this.#rowOf(measure) ?? []);
    return { kind: this.#kind, rows, skipped: this.#skipped, notes: this.#notes };
  }

  #rowOf({ name, unit, beside, bar, goal, judged = 'median' }: Measure): Row | undefined {
    const samples = this.#samples.get(name);
    if (samples === undefined) return undefined;
    const summary = summarize(samples);
    const medianOf = (other: string): number | undefined => this.#medianOf(other);
    const row: Row = { name, unit, ...summary, judged };
    if (bar !== undefined) row.bar = bar(summary[judged], medianOf);
    if (goal !== undefined) row.goal = goal(summary[judged], medianOf);
    const floor = beside === undefined ? undefined : this.#medianOf(beside);
    if (beside === undefined || floor === undefined) return row;
    return { ...row, beside, ratio: summary.median / floor };
  }

  #medianOf(name: string): number | undefined {
    const samples = this.#samples.get(name);
    return samples === undefined ? undefined : summarize(samples).median;
  }
}
