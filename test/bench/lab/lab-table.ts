// The lab benchmark as a Markdown table for a document: the figures that were wanted, beside those of other
// sandboxes of the same run. Measures nothing.
import { machineLine, type Machine } from '../machine.ts';
import { figure, verdictText } from '../print.ts';
import type { KindReport, Row } from '../tally.ts';
import type { Verdict } from '../target.ts';
import { keptPeers } from './peer.ts';

/** `peers` is what their measure is called, after their name; a p99 stands behind a median where it is judged. */
type Line = { what: string; measure: string; peers?: string };

const lines: readonly Line[] = [
  {
    what: 'cold create to first prompt byte, ms',
    measure: 'keeper, cold: create to first prompt byte',
    peers: 'start to first byte',
  },
  {
    what: 'from the warm pool to first prompt byte, ms',
    measure: 'keeper, warm: create to first prompt byte',
    peers: 'start to first byte',
  },
  { what: 'click in the page to prompt, cold, ms', measure: 'house, cold: click to prompt' },
  { what: 'click in the page to prompt, warm, ms', measure: 'house, warm: click to prompt' },
  { what: 'teardown, ms', measure: 'keeper: destroy-lab', peers: 'teardown' },
  {
    what: 'teardown, the home kept first, ms',
    measure: 'keeper: destroy-lab, its home kept first',
  },
  {
    what: 'made to the first prompt byte and kept alive, a second',
    measure: 'keeper: made to first byte and kept',
    peers: 'made to first byte and kept',
  },
  {
    what: 'memory of an idle lab with one terminal, shell left out, MiB',
    measure: 'idle lab with a terminal, shell left out',
    peers: 'memory, shell left out',
  },
  {
    what: 'a crowd, a terminal each: memory in all, GiB',
    measure: 'crowd: PSS of everything and kernel',
  },
  { what: 'a crowd, a terminal each: echo, ms', measure: 'crowd: echo' },
  {
    what: "link's event loop late while a lab is made, ms",
    measure: 'link: event loop late while a lab is made',
  },
];

export function labTable({ rows, skipped, notes }: KindReport, machine: Machine): string {
  const row = (name: string): Row | undefined => rows.find((one) => one.name === name);
  const body = lines.map(({ what, measure, peers }) => {
    const ours = row(measure);
    const theirs = keptPeers.map((peer) =>
      peers === undefined ? undefined : row(`${peer}: ${peers}`),
    );
    const targets = [target(ours?.bar), target(ours?.goal)];
    return [what, ...[ours, ...theirs].map(cell), ...targets].join(' | ');
  });
  const heads = ['', 'a lab', ...keptPeers, 'bar', 'goal'];
  const table = [heads, heads.map(() => '---')].map((cells) => cells.join(' | ')).concat(body);
  return [
    `Medians and 95th percentiles (99th where it says so). ${machineLine(machine)}.`,
    '',
    ...table.map((line) => `| ${line} |`),
    '',
    ...notes,
    ...skipped.map(({ name, why }) => `Not measured: ${name} (${why}).`),
  ].join('\n');
}

function cell(row: Row | undefined): string {
  if (row === undefined) return '';
  const { n, median, p95, p99, judged } = row;
  if (n === 1) return figure(median);
  if (judged === 'p99') return `${figure(median)}, p99 ${figure(p99)}`;
  return `${figure(median)} / ${figure(p95)}`;
}

function target(verdict: Verdict | undefined): string {
  return verdict === undefined
    ? ''
    : verdictText(verdict).replaceAll('<=', '≤').replaceAll('>=', '≥');
}
