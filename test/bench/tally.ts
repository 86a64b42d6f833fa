// Collects the samples of one kind of benchmark by measure, each declared beforehand with its unit and with
// what it is compared to. Knows no measurement.
import { summarize, type Summary } from './samples.ts';

export type Measure = {
  name: string;
  unit: 'ms' | 'MB/s' | 'MiB' | 'per s';
  /** Name of the floor or peer of the same run that the median is divided by. */
  beside?: string;
  /** What it should be, from the plan; printed as it is and judged by a reader. */
  bar?: string;
};

export type Row = Measure & Summary & { ratio?: number };
export type KindReport = { kind: string; rows: Row[]; skipped: { name: string; why: string }[] };

export class Tally {
  readonly #kind: string;
  readonly #measures: readonly Measure[];
  readonly #samples = new Map<string, number[]>();
  readonly #skipped: { name: string; why: string }[] = [];

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

  report(): KindReport {
    const rows = this.#measures.flatMap((measure): Row[] => {
      const samples = this.#samples.get(measure.name);
      if (samples === undefined) return [];
      const summary = summarize(samples);
      const floor = measure.beside && this.#samples.get(measure.beside);
      if (!floor) return [{ ...measure, ...summary }];
      return [{ ...measure, ...summary, ratio: summary.median / summarize(floor).median }];
    });
    return { kind: this.#kind, rows, skipped: this.#skipped };
  }
}
