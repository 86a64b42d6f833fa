// What every kind of benchmark is given. Knows none.
import type { DisposalStack } from '../../server/foundation/disposal.ts';

export type Bench = {
  rounds: number;
  /** Labs that are made and kept alive at once. */
  labs: number;
  /** Whoever opens something registers its closing here. */
  closings: DisposalStack;
  /** Tells a person what is being done. */
  say: (text: string) => void;
};
