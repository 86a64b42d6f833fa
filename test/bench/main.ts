// `npm run bench`: measures what was asked for beside floors of the same run, and names the machine. Knows
// no measurement.
import { DisposalStack } from '../../server/foundation/disposal.ts';
import { messageOf } from '../../server/foundation/errors.ts';
import { parseBenchArguments, UsageError, type Kind } from './arguments.ts';
import type { Bench } from './bench.ts';
import { runLabBench } from './lab/lab-bench.ts';
import { labTable } from './lab/lab-table.ts';
import { describeMachine, loadSoFar, machineLine } from './machine.ts';
import { runObserveBench } from './observe/observe-bench.ts';
import { printJson, printReport } from './print.ts';
import type { KindReport } from './tally.ts';
import { runTerminalBench } from './terminal/terminal-bench.ts';

const runs = {
  lab: runLabBench,
  terminal: runTerminalBench,
  observe: runObserveBench,
} as const satisfies Record<Kind, (bench: Bench) => Promise<KindReport>>;

const closings = new DisposalStack();
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    interrupted = true;
    void end(130);
  });
}

try {
  const { kinds, rounds, labs, crowd, json, markdown } = parseBenchArguments(process.argv.slice(2));
  if (process.getuid?.() !== 0) throw new UsageError('Labs are made by root: run it as root.');
  const machine = describeMachine();
  console.log(machineLine(machine));
  const say = (text: string): void => console.error(`… ${text}`);
  const reports: KindReport[] = [];
  for (const kind of kinds) {
    const report = await runs[kind]({ rounds, labs, crowd, closings, say });
    // At once: a later kind may fail or be interrupted.
    printReport(report);
    reports.push(report);
    await closings.dispose();
  }
  console.log(`\nload before ${machine.load}, after ${loadSoFar().toFixed(2)}`);
  const lab = reports.find(({ kind }) => kind === 'lab');
  if (markdown && lab !== undefined) console.log(`\n${labTable(lab, machine)}\n`);
  if (json) printJson(machine, reports);
} catch (error) {
  if (!interrupted) {
    console.error(error instanceof UsageError ? error.message : error);
    await end(error instanceof UsageError ? 2 : 1);
  }
}

/** Takes down what was started, whatever failed. */
async function end(code: number): Promise<void> {
  await closings.dispose().catch((error: unknown) => console.error(messageOf(error)));
  process.exit(code);
}
