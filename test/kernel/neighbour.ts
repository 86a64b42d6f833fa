// Measures how a neighbour types while a lab is driven into a limit: the one place where the kernel suites
// assert a ratio of times. Medians of many keys within one run, and a floor, because the machine may be busy.
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openTerminal, type By, type LearnerLab, type Ran } from './learner-lab.ts';
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

/** What runs beside the neighbour while it is measured. */
type Running<T> = { stop: () => void; ended: Promise<T> };

export type Load = {
  house: KernelHouse;
  lab: LearnerLab;
  neighbour: LearnerLab;
  by: By;
  /** What presses on the limit, run again and again until the neighbour is measured. */
  script: string;
  /** True once the lab has been driven into its limit. */
  isReached: () => boolean | Promise<boolean>;
};

/**
 * Drives the lab into its limit, and wants the limit reached, the neighbour's echo within twice of what it was,
 * and the processes of the server to be the same as before. Returns what the script wrote.
 */
export function driveIntoLimit(load: Load): Promise<Ran> {
  return typesOnBeside(load, () => startScript(load));
}

/** The same for what no script of the lab does. */
export async function typesOnBeside<T>(
  { house, neighbour, isReached }: Omit<Load, 'lab' | 'by' | 'script'>,
  start: () => Running<T> | Promise<Running<T>>,
): Promise<T> {
  const server = () => PROCESSES.map((name) => house.house.pidOf(name));
  const before = server();
  const terminal = await openTerminal(neighbour.client);
  const seen: string[] = [];
  try {
    for (let attempt = 1; ; attempt += 1) {
      const alone = await medianEcho(terminal);
      const running = await start();
      let beside = Infinity;
      try {
        beside = await medianEcho(terminal);
        await until('the limit is reached', isReached);
      } finally {
        running.stop();
      }
      const ended = await running.ended;
      expect(server(), 'processes of the server').toEqual(before);
      seen.push(`${beside.toFixed(1)} ms beside it, ${alone.toFixed(1)} ms alone`);
      if (beside <= Math.max(alone * RATIO, FLOOR_MS)) return ended;
      if (attempt === ATTEMPTS)
        throw new Error(`the echo of ${neighbour.name}: ${seen.join('; ')}`);
    }
  } finally {
    terminal.hangUp();
  }
}

/** Runs the script at least once, and until it is told to stop. */
async function startScript({ lab, by, script }: Load): Promise<Running<Ran>> {
  // From outside: a lab at its limit may be unable to start a program for it. Not on its disk, which may be full.
  const shared = `/proc/${lab.init}/root/dev/shm`;
  const begun = join(shared, 'begun');
  const stop = join(shared, 'stop');
  for (const file of [begun, stop]) rmSync(file, { force: true });
  const ended = lab.runAs(
    by,
    `echo > /dev/shm/begun; while :; do (\n${script}\n); test -e /dev/shm/stop && break; done`,
    60_000,
  );
  // Whoever waits for it hears of a failure; meanwhile it is not unheard.
  ended.catch(() => undefined);
  await until('the script begins', () => existsSync(begun));
  return { stop: () => writeFileSync(stop, ''), ended };
}
