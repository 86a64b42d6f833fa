// `--only observe`: what one look at a lab costs as link asks for it, beside the tools that show a person the
// same in the same lab, and how long after a key the page draws it. Knows no snapshot's meaning.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Bench } from '../bench.ts';
import { KeeperAlone } from '../keeper-alone.ts';
import { Tally, type KindReport } from '../tally.ts';
import { cold } from '../lab/settings.ts';
import { measureClass } from './class.ts';
import { measureDrawing } from './drawing.ts';
import {
  labSizes,
  activeLookName,
  lookName,
  networksLookName,
  nothingName,
  wholeLookName,
  observeMeasures,
  toolName,
  toolNames,
  tools,
} from './measures.ts';

/** As many as a lab has in its first minutes: engines have compiled then what they will. */
const WARM_UP_ROUNDS = 200;
const TOOL_WARM_UP_ROUNDS = 3;
const READY_WITHIN_MS = 20_000;
const LOOK_EVERY_MS = 100;
/** Milliseconds between two looks, as link makes them of a lab whose learner types. */
const APART_MS = 50;

const journalSchema = z.looseObject({ init: z.looseObject({ pid: z.int() }) });

export async function runObserveBench(bench: Bench): Promise<KindReport> {
  const tally = new Tally('observe', observeMeasures);
  tally.note(
    'a look is the whole way: the request on the socket, the reading, JSON and its schema; with one at work as link ' +
      'asks, which has the look before, and whole as without; at rest always whole, since link hears one word then; ' +
      "a tool is started in the lab's namespaces by nsenter, whose start it includes",
  );
  const keeper = await KeeperAlone.open(cold, bench.closings);
  for (const { processes } of labSizes) await measureSize(bench, tally, { keeper, processes });
  await measureClass(bench, tally);
  tally.note(
    `the class had ${bench.labs} labs, each with a terminal, the x-ray and a step with an open check`,
  );
  await measureDrawing(bench, tally);
  return tally.report();
}

async function measureSize(
  bench: Bench,
  tally: Tally,
  { keeper, processes }: { keeper: KeeperAlone; processes: number },
): Promise<void> {
  const lab = await keeper.create();
  const terminal = await keeper.open(lab);
  const count = async (): Promise<number> => (await keeper.observe(lab)).processes.length;
  terminal.type(`for i in $(seq ${processes - (await count())}); do sleep 9999 & done\r`);
  const deadline = performance.now() + READY_WITHIN_MS;
  while ((await count()) < processes) {
    if (performance.now() > deadline) throw new Error(`the lab never had ${processes} processes`);
    await sleep(LOOK_EVERY_MS);
  }
  const journal = join(keeper.stateDir, 'keeper/journal', `${lab}.json`);
  const { pid } = journalSchema.parse(JSON.parse(readFileSync(journal, 'utf8'))).init;
  const looks = async (name: string, look: () => Promise<unknown>): Promise<void> => {
    for (let round = -WARM_UP_ROUNDS; round < bench.rounds; round += 1) {
      const looked = await timed(look);
      if (round >= 0) tally.add(name, looked);
      await sleep(APART_MS);
    }
  };
  await looks(lookName(processes), () => keeper.observe(lab));
  const rested = await keeper.observe(lab);
  await looks(nothingName(processes), () => keeper.observe(lab, rested));
  terminal.type('while sleep 0.01; do :; done &\r');
  await sleep(APART_MS);
  await looks(wholeLookName(processes), () => keeper.observe(lab));
  let known = await keeper.observe(lab);
  await looks(activeLookName(processes), async () => {
    known = await keeper.observe(lab, known);
  });
  await looks(networksLookName(processes), async () => {
    known = await keeper.observe(lab, known, true);
  });
  for (let round = -TOOL_WARM_UP_ROUNDS; round < bench.rounds; round += 1) {
    for (const tool of toolNames) {
      const took = await timed(() => runInLab(pid, tools[tool]));
      if (round >= 0) tally.add(toolName(tool, processes), took);
    }
  }
  bench.say(`${processes} processes: done`);
  terminal.close();
  await keeper.destroy(lab);
}

async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function runInLab(init: number, command: readonly string[]): void {
  const enter = ['--target', String(init), '--all', '--root', '--wd', ...command];
  const { status, stderr } = spawnSync('nsenter', enter, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command.join(' ')} in the lab failed: ${stderr}`);
}
