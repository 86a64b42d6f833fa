// Processor time of some processes while something is done. Knows none of them.
import { readFileSync } from 'node:fs';

/** Of USER_HZ, 10 ms each: proc_pid_stat(5). */
const TICKS_PER_SECOND = 100;

/** Hundredths of one core that these processes take while `work` goes on. */
export async function shareOfCore(
  pids: readonly number[],
  work: () => Promise<unknown>,
): Promise<number> {
  const spent = (): number => pids.reduce((sum, pid) => sum + ticksOf(pid), 0);
  const [before, start] = [spent(), performance.now()];
  await work();
  const seconds = (performance.now() - start) / 1000;
  return ((spent() - before) / TICKS_PER_SECOND / seconds) * 100;
}

function ticksOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}
