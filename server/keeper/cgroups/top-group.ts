// The one group above the labs of all houses of this machine, in each hierarchy: made with the first lab, removed by
// whichever house stops last. Knows no lab. [L4]
import { mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Hierarchy } from './hierarchies.ts';

/** All groups of ours hang below this name in each hierarchy. */
export const TOP = 'coulisse';
/** More houses than stop at one moment. */
const ATTEMPTS = 100;

export function topOf({ mountPoint }: Pick<Hierarchy, 'mountPoint'>): string {
  return join(mountPoint, TOP);
}

/**
 * Makes a group right below the top one, which is made too if need be: another house that stops may take it away in
 * between. Throws EEXIST when the group is there.
 */
export function makeBelowTop(hierarchy: Hierarchy, name: string): void {
  for (let attempt = 1; ; attempt += 1) {
    mkdirSync(topOf(hierarchy), { recursive: true });
    try {
      mkdirSync(join(topOf(hierarchy), name));
      return;
    } catch (error) {
      if (attempt === ATTEMPTS || !hasCode(error, ['ENOENT'])) throw error;
    }
  }
}

/** Removes the group above all labs. Does nothing while a lab is left, of this house or of another. */
export function removeTopGroups(hierarchies: readonly Hierarchy[]): void {
  for (const hierarchy of hierarchies) {
    try {
      rmdirSync(topOf(hierarchy));
    } catch (error) {
      // The kernel keeps a group that has others below (cgroups(7)); another house may have been first.
      if (!hasCode(error, ['EBUSY', 'ENOTEMPTY', 'ENOENT'])) throw error;
    }
  }
}

export function hasCode(error: unknown, codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
