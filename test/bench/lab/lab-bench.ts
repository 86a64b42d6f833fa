// `--only lab`: what a lab costs, from the click to the prompt and until it is taken apart, alternated with
// floors on the same root directory. Knows no terminal stream.
import { findTree } from '../../../server/keeper/ground.ts';
import { readConfig } from '../../../server/foundation/config.ts';
import { openHouse, type TestHouse } from '../../support/house.ts';
import type { Bench } from '../bench.ts';
import { FloorClient } from '../floor-client.ts';
import { KeeperAlone } from '../keeper-alone.ts';
import { Tally, type KindReport } from '../tally.ts';
import { clickToPrompt, endLab } from './click.ts';
import { findFloors, type Floor } from './floors.ts';
import { measureMany } from './many.ts';
import { labMeasures } from './measures.ts';

/** First labs pay for what is made once: pages, id maps, caches. */
const WARM_UP_ROUNDS = 2;

export async function runLabBench(bench: Bench): Promise<KindReport> {
  const tally = new Tally('lab', labMeasures);
  const { closings, say } = bench;
  const tree = findTree(readConfig().stateDir);
  const client = new FloorClient();
  closings.add('floor process', () => client.close());
  const { floors, skipped } = await findFloors(tree, client, closings);
  for (const { name, why } of skipped) tally.skip(name, why);
  say('starting a house and a keeper');
  const house = await openHouse();
  closings.add('house', async () => void (await house.stop()));
  const keeper = await KeeperAlone.open({}, closings);
  const unmeasured = new Tally('warm-up', labMeasures);
  const variants = [
    (to: Tally) => measureClick(house, to),
    (to: Tally) => measureKeeper(keeper, to),
    ...floors.map((floor) => (to: Tally) => measureFloor(floor, client, to)),
  ];
  for (let round = -WARM_UP_ROUNDS; round < bench.rounds; round += 1) {
    if (round >= 0) say(`round ${round + 1} of ${bench.rounds}`);
    // A B C …, each round begins with another, so that nobody always follows the same one.
    const shift = Math.max(0, round) % variants.length;
    for (const measure of [...variants.slice(shift), ...variants.slice(0, shift)]) {
      await measure(round < 0 ? unmeasured : tally);
    }
  }
  await measureMany(bench, tally, { client, tree });
  return tally.report();
}

async function measureClick(house: TestHouse, tally: Tally): Promise<void> {
  const { client, phases, toFirst, toPrompt } = await clickToPrompt(house);
  tally.add('click to first byte', toFirst);
  tally.add('click to prompt', toPrompt);
  tally.add('  POST /api/lab', phases.post);
  tally.add('  WebSocket, lab made, welcome', phases.welcome);
  tally.add('  open → opened', phases.opened);
  tally.add('  attach → first byte', phases.first);
  tally.add('  first byte → prompt', phases.prompt);
  await endLab(house, client);
}

async function measureKeeper(keeper: KeeperAlone, tally: Tally): Promise<void> {
  const start = performance.now();
  const lab = await keeper.create();
  const created = performance.now() - start;
  const opened = await keeper.open(lab);
  tally.add('keeper: create-lab', created);
  tally.add('keeper: create and open to first byte', created + opened.first);
  opened.close();
  // Another one, in a lab that lives: not what a fresh lab makes of it.
  const second = await keeper.open(lab, 2);
  tally.add('keeper: open-terminal to first byte', second.first);
  tally.add('keeper: open-terminal to prompt', second.prompt);
  second.close();
  const before = performance.now();
  await keeper.destroy(lab);
  tally.add('keeper: destroy-lab', performance.now() - before);
}

async function measureFloor(floor: Floor, client: FloorClient, tally: Tally): Promise<void> {
  const { first, prompt } = await client.start(floor.command());
  tally.add(`${floor.name}, start to first byte`, first);
  if (prompt !== undefined) tally.add(`${floor.name}, start to prompt`, prompt);
}
