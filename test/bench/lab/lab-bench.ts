// `--only lab`: what a lab costs, from the click to the prompt and until it is taken apart, alternated with
// other sandboxes on the same root directory. Knows no terminal stream.
import { readConfig } from '../../../server/foundation/config.ts';
import type { DisposalStack } from '../../../server/foundation/disposal.ts';
import { findTree } from '../../../server/keeper/ground.ts';
import { openHouse, type TestHouse } from '../../support/house.ts';
import type { Bench } from '../bench.ts';
import { FloorClient } from '../floor-client.ts';
import { KeeperAlone } from '../keeper-alone.ts';
import { Tally, type KindReport } from '../tally.ts';
import { clickToPrompt, endLab, settingsForClicks } from './click.ts';
import { measureCrowd } from './crowd.ts';
import { measureLinkDelay } from './link-delay.ts';
import { measureMany } from './many.ts';
import { labMeasures } from './measures.ts';
import type { Peer } from './peer.ts';
import { findPeers } from './peers.ts';
import { cold, keeping, shelvesFilled, warm } from './settings.ts';

/** First labs pay for what is made once: pages, id maps, caches. */
const WARM_UP_ROUNDS = 2;

type Temperature = 'cold' | 'warm';

export async function runLabBench(bench: Bench): Promise<KindReport> {
  const tally = new Tally('lab', labMeasures(bench.crowd));
  const { closings, say } = bench;
  const client = new FloorClient();
  closings.add('floor process', () => client.close());
  const tree = findTree(readConfig().stateDir);
  const { peers, skipped } = await findPeers(tree, client, closings);
  for (const { name, why } of skipped) tally.skip(name, why);
  tally.note(`${bench.labs} of each were kept alive, ${bench.crowd} labs were in the crowd`);
  tally.note(
    'a lab has an image, an overlay, limits and a terminal with a login shell, its first byte is that of a ' +
      'prompt on a PTY; bubblewrap, lxc, runc and unshare run sh on pipes, on the read-only tree itself',
  );
  await measureAlternated(bench, tally, { client, peers });
  await measureMany(bench, tally, { client, peers });
  await measureCrowd(bench, tally);
  say('done');
  return tally.report();
}

async function measureAlternated(
  bench: Bench,
  tally: Tally,
  { client, peers }: { client: FloorClient; peers: readonly Peer[] },
): Promise<void> {
  const { closings, say } = bench;
  say('starting houses and keepers');
  const coldHouse = await openClickHouse(cold, closings);
  const warmHouse = await openClickHouse(warm, closings);
  const coldKeeper = await KeeperAlone.open(cold, closings);
  const warmKeeper = await KeeperAlone.open(warm, closings);
  const keepingKeeper = await KeeperAlone.open(keeping, closings);
  const variants = [
    (to: Tally) => measureClick(coldHouse, 'cold', to),
    (to: Tally) => measureKeeper(coldKeeper, 'cold', to),
    (to: Tally) => measureClick(warmHouse, 'warm', to),
    (to: Tally) => measureKeeper(warmKeeper, 'warm', to),
    (to: Tally) => measureKeptEnd(keepingKeeper, to),
    ...peers.map((peer) => (to: Tally) => measurePeer(peer, client, to)),
  ];
  const unmeasured = new Tally('warm-up', labMeasures(bench.crowd));
  for (let round = -WARM_UP_ROUNDS; round < bench.rounds; round += 1) {
    if (round >= 0) say(`round ${round + 1} of ${bench.rounds}`);
    // A B C …, each round begins with another, so that nobody always follows the same one.
    const shift = Math.max(0, round) % variants.length;
    for (const measure of [...variants.slice(shift), ...variants.slice(0, shift)]) {
      await measure(round < 0 ? unmeasured : tally);
    }
  }
  await measureLinkDelay(bench, tally, coldHouse);
}

async function openClickHouse(
  settings: Record<string, string>,
  closings: DisposalStack,
): Promise<TestHouse> {
  const house = await openHouse({ settings: { ...settings, ...settingsForClicks } });
  closings.add('house', async () => void (await house.stop()));
  await shelvesFilled(house.pidOf('keeper'));
  return house;
}

async function measureClick(
  house: TestHouse,
  temperature: Temperature,
  tally: Tally,
): Promise<void> {
  const { client, phases, toFirst, toPrompt } = await clickToPrompt(house);
  tally.add(`house, ${temperature}: click to first byte`, toFirst);
  tally.add(`house, ${temperature}: click to prompt`, toPrompt);
  if (temperature === 'cold') {
    tally.add('  POST /api/lab', phases.post);
    tally.add('  WebSocket, lab made, welcome', phases.welcome);
    tally.add('  open → opened', phases.opened);
    tally.add('  attach → first byte', phases.first);
    tally.add('  first byte → prompt', phases.prompt);
  }
  await endLab(house, client);
  await shelvesFilled(house.pidOf('keeper'));
}

async function measureKeeper(
  keeper: KeeperAlone,
  temperature: Temperature,
  tally: Tally,
): Promise<void> {
  const start = performance.now();
  const lab = await keeper.create();
  const created = performance.now() - start;
  const opened = await keeper.open(lab);
  tally.add(`keeper, ${temperature}: create to first prompt byte`, created + opened.first);
  tally.add(`keeper, ${temperature}: create-lab`, created);
  opened.close();
  // Another one, in a lab that lives: not what a fresh lab makes of it.
  const second = await keeper.open(lab, 2);
  tally.add('keeper: open-terminal to first byte', second.first);
  second.close();
  // The pool is filled first, so that its filling is not in the teardown.
  await shelvesFilled(keeper.pid);
  const before = performance.now();
  await keeper.destroy(lab);
  tally.add('keeper: destroy-lab', performance.now() - before);
  await shelvesFilled(keeper.pid);
}

async function measureKeptEnd(keeper: KeeperAlone, tally: Tally): Promise<void> {
  const lab = await keeper.create();
  (await keeper.open(lab)).close();
  await shelvesFilled(keeper.pid);
  const before = performance.now();
  await keeper.destroy(lab, 'save');
  tally.add('keeper: destroy-lab, its home kept first', performance.now() - before);
  await shelvesFilled(keeper.pid);
}

async function measurePeer(peer: Peer, client: FloorClient, tally: Tally): Promise<void> {
  const { first, teardown } = await client.start(peer.command());
  tally.add(`${peer.name}: start to first byte`, first);
  if (teardown !== undefined) tally.add(`${peer.name}: teardown`, teardown);
}
