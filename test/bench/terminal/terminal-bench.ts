// `--only terminal`: echo, floods, throughput and memory of a lab's terminals, alternated with wetty, with a naive
// server and with node-pty by itself. Knows no protocol.
import { setTimeout as sleep } from 'node:timers/promises';
import { DisposalStack } from '../../../server/foundation/disposal.ts';
import { messageOf } from '../../../server/foundation/errors.ts';
import type { Bench } from '../bench.ts';
import { Tally, type KindReport } from '../tally.ts';
import { openBarePeer, openNaivePeer } from './floor-peers.ts';
import { MOST_TERMINALS, openLabPeer } from './lab-peer.ts';
import type { Line, Peer } from './line.ts';
import {
  measureCat,
  measureEcho,
  measureEchoInFlood,
  measureIdle,
  measureInterrupt,
  measureStall,
  warmUp,
  writeCatFile,
  XTERM_RATE,
} from './measurements.ts';
import { measureTypists } from './many-typists.ts';
import { pageNames, terminalMeasures } from './measures.ts';
import { openPageFlood, whyNoPage } from './page-flood.ts';
import { openWettyPeer } from './wetty-peer.ts';

/** What lasts between runs, as it does for the server. */
const stateDir = process.env['COULISSE_STATE'] ?? '/var/lib/coulisse';

/** Keys of a round: 8 rounds make 400, so that the 99th percentile is no single key. */
const KEYS_A_ROUND = 50;
/** Heavier measurements need no more rounds than these. */
const MOST_HEAVY_ROUNDS = 10;
const STALL_ROUNDS = 3;
const PAGE_ROUNDS = 3;
/** Others of the lab, for echo and floods, are open too. */
const IDLE_TERMINALS = MOST_TERMINALS - 8;
/** An hour's typing, without pauses: engines have compiled then what they will. */
const WARM_UP_KEYS = 5000;
/** After a heavy measurement, until everybody is quiet. */
const PAUSE_MS = 200;

/** A peer with the terminals that are used all the time. */
type Seat = { peer: Peer; line: Line; other: Line };
type Work = (seat: Seat) => Promise<number[]>;

export async function runTerminalBench(bench: Bench): Promise<KindReport> {
  const { say, rounds } = bench;
  const tally = new Tally('terminal', terminalMeasures);
  const closings = new DisposalStack();
  bench.closings.add('peers', () => closings.dispose());
  say('starting a house and its peers');
  const wetty = await openWetty(bench, { closings, tally });
  const peers = [
    await openLabPeer(closings),
    await openNaivePeer(closings),
    ...(wetty === undefined ? [] : [wetty]),
    openBarePeer(closings),
  ];
  const seats: Seat[] = [];
  for (const peer of peers) {
    const seat = { peer, line: await peer.open(), other: await peer.open() };
    await warmUp(seat.line, WARM_UP_KEYS);
    await writeCatFile(seat.line, peer.scratch);
    seats.push(seat);
  }
  const served = seats.filter(({ peer }) => peer.serverPid !== undefined);
  const heavy = Math.min(rounds, MOST_HEAVY_ROUNDS);
  const alternate = async (
    what: string,
    options: { seats: Seat[]; rounds: number; work: Work },
  ): Promise<void> => {
    say(what);
    for (let round = 0; round < options.rounds; round += 1) {
      for (const seat of inTurn(options.seats, round)) {
        tally.add(`${what}: ${seat.peer.name}`, ...(await options.work(seat)));
        await sleep(PAUSE_MS);
      }
    }
  };
  await alternate('an idle terminal in the server', {
    seats: served,
    rounds: 1,
    work: async ({ peer }) => [await measureIdle(peer, peer.serverPid ?? 0, IDLE_TERMINALS)],
  });
  await alternate('echo, idle', {
    seats,
    rounds,
    work: ({ line }) => measureEcho(line, KEYS_A_ROUND),
  });
  await alternate('echo beside a flood', {
    seats,
    rounds,
    work: ({ line, other }) => measureEchoInFlood(line, other, KEYS_A_ROUND),
  });
  await alternate('cat of 64 MiB', {
    seats,
    rounds: heavy,
    work: async ({ peer, line }) => [await measureCat(line, peer.scratch)],
  });
  const paced = new Map<Peer, Line>();
  for (const { peer } of served) paced.set(peer, await peer.open({ rate: XTERM_RATE }));
  await alternate('^C in a flood, client parses 20 MB/s', {
    seats: served,
    rounds: heavy,
    work: async ({ peer, line }) => [await measureInterrupt(paced.get(peer) ?? line)],
  });
  await alternate('server growth, client stalled 3 s', {
    seats: served,
    rounds: Math.min(rounds, STALL_ROUNDS),
    work: async ({ peer }) => [await measureStall(peer, peer.serverPid ?? 0)],
  });
  // A class has the machine for itself, as its server would.
  await closings.dispose();
  await measureTypists(bench, tally, [
    openNaivePeer,
    ...(wetty === undefined ? [] : [(own: DisposalStack) => openWettyPeer(own, stateDir)]),
  ]);
  await measurePage(bench, tally);
  return tally.report();
}

/** None where it cannot be had: each of its rows says why. */
async function openWetty(
  { say }: Bench,
  { closings, tally }: { closings: DisposalStack; tally: Tally },
): Promise<Peer | undefined> {
  try {
    return await openWettyPeer(closings, stateDir);
  } catch (cause) {
    say(`no wetty: ${messageOf(cause)}`);
    const rows = terminalMeasures.filter(({ name }) => name.endsWith(': wetty'));
    for (const { name } of rows) tally.skip(name, messageOf(cause));
    return undefined;
  }
}

/** Last, since a browser is busy for both cores. */
async function measurePage({ closings, say, rounds }: Bench, tally: Tally): Promise<void> {
  const why = whyNoPage();
  if (why !== undefined) {
    for (const name of Object.values(pageNames)) tally.skip(name, why);
    return;
  }
  say('a flood in the page');
  const page = await openPageFlood(closings);
  for (let round = 0; round < Math.min(rounds, PAGE_ROUNDS); round += 1) {
    const { longestTask, rate } = await page.seq();
    tally.add(pageNames.task, longestTask);
    tally.add(pageNames.rate, rate);
    tally.add(pageNames.interrupt, await page.interrupt());
  }
  tally.note('The page draws without a graphics processor here, as elements.');
}

/** Each round begins with another one. */
function inTurn<T>(items: readonly T[], round: number): T[] {
  const shift = round % items.length;
  return [...items.slice(shift), ...items.slice(0, shift)];
}
