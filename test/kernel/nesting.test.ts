// Does in a lab what the course and a container engine do, as the learner does it, and wants each to work.
// The rows are the table of docs/LAB.md. Knows nothing of how labs are made.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KernelHouse } from './kernel-house.ts';
import type { LearnerLab } from './learner-lab.ts';
import { nestingRows } from './nesting-rows.ts';

let house: KernelHouse;
let lab: LearnerLab;

beforeAll(async () => {
  house = await KernelHouse.open();
  lab = await house.enter();
});

afterAll(() => house.close());

test.each(nestingRows)('[L15] [$clause] a learner can $what', async ({ script, shows }) => {
  const { output, code } = await lab.run(`set -e; cd; ${script}`);
  expect(output).toMatch(shows);
  expect(code, `after: ${output}`).toBe(0);
});
