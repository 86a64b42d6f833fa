// How much slower than usual the machine is that these tests run on: an emulated one is, by far. Knows no test.

const factor = Number(process.env['COULISSE_TEST_PATIENCE'] ?? 1);

/** One house fills such a machine. */
export const isSlowMachine = factor > 1;

/** So many milliseconds of a usual machine, on this one. */
export function patient(milliseconds: number): number {
  return milliseconds * factor;
}
