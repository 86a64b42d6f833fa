// [L16] Moves between cgroups are quick: keeper has the root of cgroup v2 favour them, and changes nothing else
// of it. Machine-wide; another house that runs meanwhile is slower for a moment, no more.
import { expect, onTestFinished, test } from 'vitest';
import { createLog } from '../../server/foundation/log.ts';
import { findUnified } from '../../server/keeper/cgroups/hierarchies.ts';
import { favourMoves, quickMoves } from '../../server/keeper/cgroups/quick-moves.ts';
import { knowsOption, setOptions } from '../../server/kernel/mounts.ts';

const log = createLog('keeper', 'error');

function optionsNow(): string[] {
  return [...(findUnified()?.options ?? [])].toSorted();
}

function set(options: readonly string[]): void {
  setOptions(findUnified()?.mountPoint ?? '', options);
}

test.skipIf(findUnified() === undefined || !knowsOption('cgroup2', 'favordynmods'))(
  '[L16] the root of cgroup v2 favours moves once keeper is there, and keeps its other options',
  () => {
    const before = optionsNow();
    onTestFinished(() => set(before));
    const plain = [...new Set([...before, 'memory_localevents'])]
      .filter((option) => option !== 'favordynmods')
      .toSorted();
    set(plain);
    expect(quickMoves()).toBe('possible');
    favourMoves(log);
    expect(quickMoves()).toBe('on');
    expect(optionsNow()).toEqual([...plain, 'favordynmods'].toSorted());
  },
);

test('an option that the kernel does not know is told from one that it does', () => {
  expect(knowsOption('cgroup2', 'nsdelegate')).toBe(true);
  expect(knowsOption('cgroup2', 'no_such_option')).toBe(false);
  expect(knowsOption('no-such-type', 'nsdelegate')).toBe(false);
});
