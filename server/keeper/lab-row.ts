// What keeper knows of a lab beside the lab itself. Does nothing.
import type { HomeState } from '../protocol/home.ts';
import type { LabState } from '../protocol/keeper-verbs.ts';
import type { Made } from './lab-maker.ts';

export type LabRow = Made & {
  /** It ended, or is being taken apart. */
  gone: boolean;
  home: HomeState | null;
};

export function stateOf({ lab, entry, home }: LabRow): LabState {
  return {
    lab: lab.name,
    learner: entry.learner,
    address: entry.address,
    createdAt: entry.createdAt,
    frozen: lab.isFrozen,
    home,
    terminals: [...lab.terminals.keys()],
  };
}

/** Whether its home could not be kept the last time. */
export function isHardToKeep({ home }: LabRow): boolean {
  return home === 'failed' || home === 'too-large';
}
