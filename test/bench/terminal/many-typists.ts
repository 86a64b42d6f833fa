// Many learners who type at once, each in a lab of their own, and as many on each peer: how fast their keys echo, and
// what all processes of the server take of a core together. Knows no protocol.
import { setTimeout as sleep } from 'node:timers/promises';
import { DisposalStack } from '../../../server/foundation/disposal.ts';
import { descendantsOf, openHouse, type TestHouse } from '../../support/house.ts';
import type { Bench } from '../bench.ts';
import { clickToPrompt, settingsForClicks } from '../lab/click.ts';
import { imagesReady, settingsFor } from '../lab/settings.ts';
import { inLanes } from '../lanes.ts';
import { shareOfCore } from '../processor.ts';
import type { Tally } from '../tally.ts';
import { LabLine } from './lab-peer.ts';
import { CLEAR_LINE, echo, KEYS_A_LINE, type Line, type Peer } from './line.ts';
import { typistNames } from './measures.ts';

const COMING_AT_A_TIME = 4;
const SETTLE_MS = 5000;
/** As long as link's longest pause between two looks at a lab whose learner only types (OBSERVE_SELDOM_MAX_MS). */
const MEASURED_MS = 80_000;
const KEY_EVERY_MS = 200;
/** A class types for an hour: first as much in a short time, so that engines have compiled what they will. */
const WARM_UP_MS = 30_000;
const WARM_UP_KEY_EVERY_MS = 50;

/** A server with a terminal for each who types, and its processes. */
type Class = { name: string; lines: readonly Line[]; pids: readonly number[] };

/** One after another, each alone: a class is idle only in its first moment. */
export async function measureTypists(
  bench: Bench,
  tally: Tally,
  openers: readonly ((closings: DisposalStack) => Promise<Peer>)[],
): Promise<void> {
  const { labs } = bench;
  const closings = new DisposalStack();
  bench.closings.add('typists', () => closings.dispose());
  for (const open of openers) {
    const peer = await open(closings);
    if (peer.serverPid === undefined) continue;
    bench.say(`${labs} type at ${peer.name}`);
    const lines: Line[] = [];
    await inLanes(labs, COMING_AT_A_TIME, async () => void lines.push(await peer.open()));
    await typeTogether({ name: peer.name, lines, pids: [peer.serverPid] }, tally);
    for (const line of lines) line.close();
    await closings.dispose();
  }
  bench.say(`${labs} learners type`);
  await measureLearners(labs, { closings, tally });
}

async function measureLearners(
  labs: number,
  { closings, tally }: { closings: DisposalStack; tally: Tally },
): Promise<void> {
  const house = await openHouse({ settings: { ...settingsFor(labs), ...settingsForClicks } });
  closings.add('house', async () => void (await house.stop()));
  await imagesReady(house.stateDir, labs);
  const lines: Line[] = [];
  await inLanes(labs, COMING_AT_A_TIME, async () => {
    const { client, terminal } = await clickToPrompt(house);
    lines.push(new LabLine(terminal));
    closings.add('page', async () => void (await client.close()));
  });
  await typeTogether({ name: 'lab', lines, pids: processesOf(house) }, tally);
  tally.note(
    `${labs} learners typed in as many labs, keeper looking at each when something is done; at ` +
      'the other servers in as many shells of one user. Of the house main, keeper with its ' +
      'spawner, link and web are counted, of the others the server: nowhere the shells.',
  );
  await closings.dispose();
}

/** keeper's children are the spawner, and what is in labs: that is the learners'. */
function processesOf(house: TestHouse): number[] {
  const ours = ['keeper', 'link', 'web'] as const;
  const [spawner = 0] = descendantsOf(house.pidOf('keeper'));
  return [house.main.pid ?? 0, ...ours.map((name) => house.pidOf(name)), spawner];
}

async function typeTogether({ name, lines, pids }: Class, tally: Tally): Promise<void> {
  const names = typistNames(name);
  await typeFor(WARM_UP_MS, { lines, everyMs: WARM_UP_KEY_EVERY_MS });
  await sleep(SETTLE_MS);
  const share = await shareOfCore(pids, async () => {
    // One by one: so many arguments are too many for the stack.
    for (const took of await typeFor(MEASURED_MS, { lines, everyMs: KEY_EVERY_MS })) {
      tally.add(names.echo, took);
    }
  });
  tally.add(names.share, share);
}

/** All type so long, evenly one after another. Milliseconds of each key until its echo. */
async function typeFor(
  milliseconds: number,
  { lines, everyMs }: { lines: readonly Line[]; everyMs: number },
): Promise<number[]> {
  const end = performance.now() + milliseconds;
  const typing = lines.map((line, index) =>
    typeUntil(line, { end, everyMs, after: (index / lines.length) * everyMs }),
  );
  return (await Promise.all(typing)).flat();
}

async function typeUntil(
  line: Line,
  { end, everyMs, after }: { end: number; everyMs: number; after: number },
): Promise<number[]> {
  const samples: number[] = [];
  await sleep(after);
  for (let next = performance.now(); next < end; next += everyMs) {
    await sleep(Math.max(0, next - performance.now()));
    samples.push(await echo(line, 'x'));
    if (samples.length % KEYS_A_LINE === 0) line.type(CLEAR_LINE);
  }
  return samples;
}
