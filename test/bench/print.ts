// Prints reports as a table for people and as one line of JSON for programs. Knows no measurement.
import type { Machine } from './machine.ts';
import type { KindReport, Row } from './tally.ts';
import type { Verdict } from './target.ts';

const heads = [
  'measure',
  'unit',
  'n',
  'median',
  'p95',
  'p99',
  'ratio',
  'beside',
  'bar',
  'goal',
] as const;

export function printReport({ kind, rows, skipped, notes }: KindReport): void {
  const cells = [[...heads], ...rows.map(cellsOf)];
  const widths = heads.map((_, column) =>
    Math.max(...cells.map((line) => line[column]?.length ?? 0)),
  );
  console.log(`\n=== ${kind}`);
  for (const line of cells) {
    const padded = line.map((cell, column) =>
      isNumeric(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
    );
    console.log(padded.join('  ').trimEnd());
  }
  for (const { name, why } of skipped) console.log(`skipped: ${name}: ${why}`);
  for (const note of notes) console.log(`note: ${note}`);
}

export function printJson(machine: Machine, reports: readonly KindReport[]): void {
  console.log(JSON.stringify({ machine, reports }));
}

/** Three digits that mean something. */
export function figure(value: number): string {
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}

/** What was wanted, and whether it is so. */
export function verdictText({ text, reached }: Verdict): string {
  if (reached === undefined) return text;
  return `${text}: ${reached ? 'reached' : 'missed'}`;
}

function cellsOf(row: Row): string[] {
  const { name, unit, n, median, p95, p99, ratio, beside = '', bar, goal } = row;
  const isAlone = n === 1;
  return [
    name,
    unit,
    String(n),
    figure(median),
    isAlone ? '' : figure(p95),
    isAlone ? '' : figure(p99),
    ratio === undefined ? '' : `${ratio.toFixed(2)}x`,
    ratio === undefined ? '' : beside,
    bar === undefined ? '' : verdictText(bar),
    goal === undefined ? '' : verdictText(goal),
  ];
}

function isNumeric(column: number): boolean {
  return column >= 2 && column <= 6;
}
