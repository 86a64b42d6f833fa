// Runs work so many times, so many at a time. Knows no work.

/** Resolves to the milliseconds that all of it took. */
export async function inLanes(
  count: number,
  lanes: number,
  work: (index: number) => Promise<void>,
): Promise<number> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: Math.min(lanes, count) }, lane));
  return performance.now() - start;
}
