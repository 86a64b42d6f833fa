// What the terminal benchmark measures, in the order of its table. Measures nothing.
import type { Measure } from '../tally.ts';
import { atMost, readerJudges } from '../target.ts';

/** Names of the peers, the lab first. */
export const peerNames = ['lab', 'naive server', 'bare node-pty'] as const;

const bars: Record<string, string> = {
  'echo, idle': '<= 0.35 / p99 2',
  'echo beside a flood': '<= 0.6 / p99 4',
  'cat of 64 MiB': '>= 48',
  '^C in a flood, client parses 20 MB/s': '<= 20',
  'server growth, client stalled 3 s': '<= 8',
  'an idle terminal in the server': '<= 0.1',
};

const units: Record<string, Measure['unit']> = {
  'cat of 64 MiB': 'MB/s',
  'server growth, client stalled 3 s': 'MiB',
  'an idle terminal in the server': 'MiB',
};

/** Not of node-pty alone: it has no server. */
const servedOnly = new Set([
  '^C in a flood, client parses 20 MB/s',
  'server growth, client stalled 3 s',
  'an idle terminal in the server',
]);

/** Of a class that types: five keys a second each. */
export const typistNames = {
  echo: 'a class that types 5 keys/s each: echo',
  share: 'a class that types 5 keys/s each: all our processes',
};

const typistMeasures: readonly Measure[] = [
  { name: typistNames.echo, unit: 'ms', bar: readerJudges('<= 0.5 / p99 4') },
  { name: typistNames.share, unit: '% of a core', bar: atMost(12) },
];

/** In the real page; there is no peer whose page would be comparable. */
export const pageNames = {
  task: 'longest task of seq 1 2000000: page in Chromium',
  interrupt: '^C in a flood until the prompt is drawn: page in Chromium',
  rate: 'seq 1 2000000: page in Chromium',
};

const pageMeasures: readonly Measure[] = [
  { name: pageNames.task, unit: 'ms', bar: atMost(100), judged: 'p99' },
  { name: pageNames.interrupt, unit: 'ms', bar: atMost(100) },
  { name: pageNames.rate, unit: 'MB/s' },
];

const serverMeasures: readonly Measure[] = Object.entries(bars).flatMap(([what, bar]) => {
  const peers = servedOnly.has(what) ? peerNames.slice(0, 2) : peerNames;
  const floor = peers.at(-1);
  return peers.map((peer): Measure => {
    const name = `${what}: ${peer}`;
    const unit = units[what] ?? 'ms';
    if (peer !== 'lab') return { name, unit };
    return { name, unit, beside: `${what}: ${floor}`, bar: readerJudges(bar) };
  });
});

export const terminalMeasures: readonly Measure[] = [
  ...serverMeasures,
  ...typistMeasures,
  ...pageMeasures,
];
