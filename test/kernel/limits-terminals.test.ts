// Floods the terminals of a lab beyond what they may print together. Wants the program to wait, nothing to be lost,
// and the neighbour to type on.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TERMINALS_AT_ONCE_S } from '../../server/link/limits.ts';
import { KernelHouse } from './kernel-house.ts';
import { openTerminal, type LearnerLab } from './learner-lab.ts';
import { typesOnBeside } from './neighbour.ts';

const RATE = 1024 * 1024;
/** What may be above it at any moment: the last read of each terminal. */
const LAST_READS = 2 * 64 * 1024;

let house: KernelHouse;
let lab: LearnerLab;
let neighbour: LearnerLab;

beforeAll(async () => {
  house = await KernelHouse.open({ COULISSE_TERMINALS_MIB_PER_S: String(RATE / 1024 / 1024) });
  [lab, neighbour] = await Promise.all([house.enter(), house.enter()]);
});

afterAll(() => house.close());

/** Bytes that may have been printed in so many milliseconds. */
const mayPrint = (milliseconds: number) =>
  RATE * (TERMINALS_AT_ONCE_S + milliseconds / 1000) + LAST_READS;

describe('[L16] bandwidth of terminals', () => {
  test('[L16] two flooded terminals share the rate of their lab, and the neighbour types on', async () => {
    const page = await house.house.connect(lab.learner);
    const floods = await Promise.all([page.open(), page.open()]);
    const printed = () => floods.reduce((sum, { offset }) => sum + offset, 0);
    const begun = performance.now();
    let most = 0;
    await typesOnBeside(
      // What may be printed at once and a second more: from there on the rate holds.
      { house, neighbour, isReached: () => printed() > mayPrint(1000) },
      () => {
        for (const flood of floods) flood.type('yes "$(seq -s " " 100)"\n');
        return {
          stop: () => {
            most = Math.max(most, printed() / mayPrint(performance.now() - begun));
            for (const flood of floods) flood.type('\x03');
          },
          ended: Promise.resolve(),
        };
      },
    );
    expect(most).toBeLessThanOrEqual(1);
    // Both have their part of it.
    for (const { offset } of floods) expect(offset).toBeGreaterThan(printed() / 4);
    expect(floods.map(({ gaps }) => gaps)).toEqual([0, 0]);
    await page.close();
  });

  test('[L16] what a lab prints beyond its rate arrives late and whole', async () => {
    const lines = 500_000;
    const terminal = await openTerminal(lab.client);
    const ready = terminal.type(`stty -echo -opost; echo rea""dy; read; seq ${lines}; sleep 60\n`);
    await terminal.waitForOutput(/^ready\n/m, { since: ready });
    const expected = `${Array.from({ length: lines }, (_, line) => line + 1).join('\n')}\n`;
    const hash = createHash('sha256');
    terminal.onOutput = (_offset, data) => hash.update(data);
    const from = terminal.offset;
    const begun = performance.now();
    terminal.type('\n');
    await terminal.waitForOffset(from + expected.length);
    expect(expected.length).toBeGreaterThan(RATE * (TERMINALS_AT_ONCE_S + 1));
    expect(expected.length).toBeLessThanOrEqual(mayPrint(performance.now() - begun));
    expect(hash.digest('hex')).toBe(createHash('sha256').update(expected).digest('hex'));
    expect(terminal.gaps).toBe(0);
    terminal.hangUp();
  });
});
