// Measures how a neighbour types while a lab is driven into a limit: the one place where the kernel suites
// assert a ratio of times. Medians of many keys within one run, and a floor, because the machine may be busy.
import { rmSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import { openTerminal, type LearnerLab, type Ran } from './learner-lab.ts';
import type { LabTerminal } from '../support/lab-terminal.ts';
import type { KernelHouse } from './kernel-house.ts';
import { until } from './kernel-view.ts';

const KEYS = 40;
const ATTEMPTS = 3;
/** An echo as quick as this is quick, whatever it was before. */
const FLOOR_MS = 5;
const RATIO = 2;
const PROCESSES = ['keeper', 'link', 'web'] as const;

/** Milliseconds from a key to its echo, the median of many; each key is a line of its own to readline. */
async function medianEcho(terminal: LabTerminal): Promise<number> {
  const times: number[] = [];
  for (let key = 0; key < KEYS; key += 1) {
    const begun = performance.now();
    const since = terminal.type('x');
    await terminal.waitForOutput(/x/, { since });
    times.push(performance.now() - begun);
    terminal.type('\x15');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return times.toSorted((a, b) => a - b)[KEYS / 2] ?? Infinity;
}

export type Load = {
  house: KernelHouse;
  lab: LearnerLab;
  neighbour: LearnerLab;
  /** What presses on the limit, run again and again by root of the lab until the neighbour is measured. */
  script: string;
  /** True once the lab has been driven into its limit. */
  isReached: () => boolean | Promise<boolean>;
};

/**
 * Drives the lab into its limit, and wants the limit reached, the neighbour's echo within twice of what it was,
 * and the processes of the server to be the same as before. Returns what the script wrote.
 */
export async function driveIntoLimit(load: Load): Promise<Ran> {
  const { house, lab, neighbour } = load;
  const server = () => PROCESSES.map((name) => house.house.pidOf(name));
  const before = server();
  const terminal = await openTerminal(neighbour.client);
  const seen: string[] = [];
  try {
    for (let attempt = 1; ; attempt += 1) {
      const alone = await medianEcho(terminal);
      const running = startScript(load);
      let beside = Infinity;
      try {
        beside = await medianEcho(terminal);
        await until('the limit is reached', load.isReached);
      } finally {
        running.stop();
      }
      const ran = await running.ended;
      expect(server(), 'processes of the server').toEqual(before);
      seen.push(`${beside.toFixed(1)} ms beside it, ${alone.toFixed(1)} ms alone`);
      if (beside <= Math.max(alone * RATIO, FLOOR_MS)) return ran;
      if (attempt === ATTEMPTS)
        throw new Error(`the echo of ${neighbour.name}: ${seen.join('; ')}`);
      await lab.run('true');
    }
  } finally {
    terminal.hangUp();
  }
}

function startScript({ lab, script }: Load): { stop: () => void; ended: Promise<Ran> } {
  // Written from outside: a lab at its limit may be unable to write a file itself.
  const stop = `/proc/${lab.init}/root/run/stop`;
  rmSync(stop, { force: true });
  const ended = lab.sudo(`until test -e /run/stop; do (\n${script}\n); done`, 60_000);
  // Whoever waits for it hears of a failure; meanwhile it is not unheard.
  ended.catch(() => undefined);
  return { stop: () => writeFileSync(stop, ''), ended };
}
