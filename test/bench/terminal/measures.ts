// What the terminal benchmark measures, in the order of its table. Measures nothing.
import type { Measure } from '../tally.ts';
import { atMost, readerJudges } from '../target.ts';

/** Names of the peers, the lab first. */
export const peerNames = ['lab', 'naive server', 'wetty', 'bare node-pty'] as const;
type PeerName = (typeof peerNames)[number];

/** Not of node-pty alone: it has no server. */
const served: readonly PeerName[] = peerNames.slice(0, -1);

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

/** What only a server has. */
const servedOnly = new Set([
  '^C in a flood, client parses 20 MB/s',
  'server growth, client stalled 3 s',
  'an idle terminal in the server',
]);

/** Of a class that types, five keys a second each, by a server's name: echo, and what all its processes take. */
export function typistNames(peer: string): { echo: string; share: string } {
  const what = 'a class that types 5 keys/s each';
  return { echo: `${what}, echo: ${peer}`, share: `${what}, processor: ${peer}` };
}

const typistMeasures: readonly Measure[] = [
  ...served.map((peer): Measure => {
    const { echo: name } = typistNames(peer);
    if (peer !== 'lab') return { name, unit: 'ms' };
    const beside = typistNames('naive server').echo;
    return { name, unit: 'ms', beside, bar: readerJudges('<= 0.5 / p99 4') };
  }),
  ...served.map((peer): Measure => {
    const { share: name } = typistNames(peer);
    if (peer !== 'lab') return { name, unit: '% of a core' };
    return {
      name,
      unit: '% of a core',
      beside: typistNames('naive server').share,
      bar: atMost(12),
    };
  }),
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
  const isServed = servedOnly.has(what);
  const peers = isServed ? served : peerNames;
  const floor: PeerName = isServed ? 'naive server' : 'bare node-pty';
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
