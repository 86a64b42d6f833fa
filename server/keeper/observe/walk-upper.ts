// Looks through the upper layer of an overlay for what it hides and holds. What it may cost is bounded, whatever
// the learner has put there. Knows no lab.
import { fstatSync } from 'node:fs';
import {
  entryTypes,
  readAttribute,
  readEntries,
  type Entry,
} from '../../kernel/directory-entries.ts';
import { closeDescriptor } from '../../kernel/libc.ts';
import { openDirectoryOn, openEntryOn } from '../../kernel/steady-open.ts';
import { UPPER_PATHS, type ObservedUpper } from '../../protocol/snapshot-layers.ts';

const DEPTH = 6;
const PATH_CHARACTERS = 1024;

/** What a look may cost, in the same units on a busy machine as on an idle one; taken from as it goes on. */
export type Budget = {
  directories: number;
  entries: number;
  /** Of the directories themselves: one that was large takes the kernel long, even when most has been removed. */
  bytes: number;
};

/** Of all uppers of a lab together, which is some milliseconds. */
export const makeBudget = (): Budget => ({
  directories: 256,
  entries: 4096,
  bytes: 8 * 1024 * 1024,
});

/** `upper`: a descriptor of the layer, the next of so many that are left; what it does not use is the others'. */
export function walkWithShare(upper: number, budget: Budget, left: number): ObservedUpper {
  const share: Budget = {
    directories: Math.floor(budget.directories / left),
    entries: Math.floor(budget.entries / left),
    bytes: Math.floor(budget.bytes / left),
  };
  const given = { ...share };
  const holds = walkUpper(upper, share);
  budget.directories -= given.directories - share.directories;
  budget.entries -= given.entries - share.entries;
  budget.bytes -= given.bytes - share.bytes;
  return holds;
}

type Walk = {
  upper: number;
  budget: Budget;
  whiteouts: string[];
  opaques: string[];
  files: string[];
  isCut: boolean;
};

function walkUpper(upper: number, budget: Budget): ObservedUpper {
  const walk: Walk = { upper, budget, whiteouts: [], opaques: [], files: [], isCut: false };
  // Nearest first: what is far down is what is left out.
  let level = ['.'];
  for (let depth = 0; depth < DEPTH && level.length > 0; depth += 1) {
    level = level.flatMap((path) => enter(walk, path));
  }
  const cut = (paths: string[]): string[] => paths.toSorted().slice(0, UPPER_PATHS);
  const { whiteouts, opaques, files } = walk;
  return {
    whiteouts: cut(whiteouts),
    opaques: cut(opaques),
    files: cut(files),
    isCut:
      walk.isCut ||
      level.length > 0 ||
      [whiteouts, opaques, files].some(({ length }) => length > UPPER_PATHS),
  };
}

/** Notes what is in one directory; the directories in it. */
function enter(walk: Walk, path: string): string[] {
  const { budget } = walk;
  if (budget.directories <= 0 || budget.entries <= 0) {
    walk.isCut = true;
    return [];
  }
  budget.directories -= 1;
  const directory = openDirectoryOn(walk.upper, path);
  if (directory === undefined) return [];
  try {
    const { size } = fstatSync(directory);
    if (size > budget.bytes) {
      walk.isCut = true;
      return [];
    }
    budget.bytes -= size;
    const opaque = overlayAttribute(directory, 'opaque');
    if (opaque === 'y' && path !== '.') walk.opaques.push(path);
    const read = readEntries(directory, budget.entries);
    budget.entries = Math.max(0, budget.entries - read.entries.length);
    walk.isCut ||= read.isCut;
    return read.entries.flatMap((entry) => {
      const full = path === '.' ? entry.name : `${path}/${entry.name}`;
      if (full.length > PATH_CHARACTERS) {
        walk.isCut = true;
        return [];
      }
      if (entry.type === entryTypes.directory) return [full];
      const isHiding = isWhiteout({ directory, entry, mayHaveAttribute: opaque === 'x' });
      (isHiding ? walk.whiteouts : walk.files).push(full);
      return [];
    });
  } finally {
    closeDescriptor(directory);
  }
}

function isWhiteout({
  directory,
  entry,
  mayHaveAttribute,
}: {
  directory: number;
  entry: Entry;
  mayHaveAttribute: boolean;
}): boolean {
  const isDevice = entry.type === entryTypes.characterDevice;
  if (!isDevice && !(mayHaveAttribute && entry.type === entryTypes.file)) return false;
  const descriptor = openEntryOn(directory, entry.name);
  if (descriptor === undefined) return false;
  try {
    return isDevice
      ? fstatSync(descriptor).rdev === 0
      : overlayAttribute(descriptor, 'whiteout') !== undefined;
  } finally {
    closeDescriptor(descriptor);
  }
}

/** In a user namespace overlays keep theirs among the attributes of users (userxattr, overlayfs). */
function overlayAttribute(descriptor: number, name: 'opaque' | 'whiteout'): string | undefined {
  return (
    readAttribute(descriptor, `user.overlay.${name}`) ??
    readAttribute(descriptor, `trusted.overlay.${name}`)
  );
}
