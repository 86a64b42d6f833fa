// What every kind of benchmark is given. Knows none.
import type { DisposalStack } from '../../server/foundation/disposal.ts';

export type Bench = {
  rounds: number;
  /** Labs that are made as fast as can be and kept alive. */
  labs: number;
  /** Labs with a terminal each that all live when memory and echo are measured. */
  crowd: number;
  /** Whoever opens something registers its closing here. */
  closings: DisposalStack;
  /** Tells a person what is being done. */
  say: (text: string) => void;
};
