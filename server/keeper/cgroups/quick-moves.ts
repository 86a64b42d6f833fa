// Moving a process into a cgroup at once. The kernel lets the first who moves one after a while wait until no
// processor is in the middle of a fork, an RCU grace period of some 10 ms, unless the root of cgroup v2 favours
// moves (`favordynmods`, Linux 6.0; cgroup-v2, kernel docs); v1's hierarchies gain too. [L16]
import type { Log } from '../../foundation/log.ts';
import { messageOf } from '../../foundation/errors.ts';
import { knowsOption, setOptions } from '../../kernel/mounts.ts';
import { findUnified } from './hierarchies.ts';

const OPTION = 'favordynmods';
const TYPE = 'cgroup2';

export type QuickMoves = 'on' | 'possible' | 'unknown to this kernel' | 'no cgroup v2 is mounted';

export function quickMoves(): QuickMoves {
  const unified = findUnified();
  if (unified === undefined) return 'no cgroup v2 is mounted';
  if (unified.options.includes(OPTION)) return 'on';
  return knowsOption(TYPE, OPTION) ? 'possible' : 'unknown to this kernel';
}

/** Has the machine favour moves where it can; switched off no more, as other houses may live by it. */
export function favourMoves(log: Log): void {
  const unified = findUnified();
  if (unified === undefined || quickMoves() !== 'possible') return;
  try {
    // What is not named is switched off, for the whole machine.
    setOptions(unified.mountPoint, [...unified.options, OPTION]);
    log.info({ option: OPTION }, 'cgroup v2 favours moves from now on');
  } catch (error) {
    log.warn({ error: messageOf(error) }, 'cgroup v2 cannot favour moves: labs start slower');
  }
}
