// The cgroups of a lab as a class that CEL can tell apart: whole numbers are bigint, and nothing is null. Knows no
// expression.
import type { ObservedGroup } from '../../protocol/snapshot.ts';

/** Stands for no limit, and for what no controller counts. */
const NONE = -1;

export class GroupValue {
  readonly path: string;
  /** Bytes. */
  readonly memory: bigint;
  readonly memoryLimit: bigint;
  readonly kills: bigint;
  readonly processes: bigint;
  readonly processLimit: bigint;
  readonly refused: bigint;
  /** Processors at once. */
  readonly cores: number;
  readonly throttled: bigint;

  constructor({ path, memory, processes, processor }: ObservedGroup) {
    this.path = path;
    this.memory = BigInt(memory?.used ?? NONE);
    this.memoryLimit = BigInt(memory?.limit ?? NONE);
    this.kills = BigInt(memory?.kills ?? 0);
    this.processes = BigInt(processes?.used ?? NONE);
    this.processLimit = BigInt(processes?.limit ?? NONE);
    this.refused = BigInt(processes?.refused ?? 0);
    this.cores = processor?.cores ?? NONE;
    this.throttled = BigInt(processor?.throttled ?? 0);
  }
}
