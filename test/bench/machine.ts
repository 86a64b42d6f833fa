// Names the machine that figures were taken on: without it they say nothing. Knows no benchmark.
import { cpus, loadavg, release, totalmem } from 'node:os';
import { describeHierarchies, findHierarchies } from '../../server/keeper/cgroups/hierarchies.ts';

export type Machine = {
  cpu: string;
  cores: number;
  memoryGiB: number;
  kernel: string;
  cgroups: string;
  node: string;
  /** Load average of the last minute before the first measurement. */
  load: number;
};

export function describeMachine(): Machine {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown processor',
    cores: processors.length,
    memoryGiB: Math.round((totalmem() / 1024 ** 3) * 10) / 10,
    kernel: release(),
    cgroups: describeHierarchies(findHierarchies()),
    node: process.version,
    load: Math.round(loadSoFar() * 100) / 100,
  };
}

/** Load average of the last minute. */
export function loadSoFar(): number {
  return loadavg()[0] ?? 0;
}

export function machineLine(machine: Machine): string {
  const { cpu, cores, memoryGiB, kernel, cgroups, node, load } = machine;
  return (
    `${cpu}, ${cores} cores, ${memoryGiB} GiB, Linux ${kernel}, cgroup ${cgroups}, ` +
    `Node ${node}, load ${load}`
  );
}
