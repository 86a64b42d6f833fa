// The groups right below a group, whoever made them. Knows no lab.
import { entryTypes, readEntries } from '../../kernel/directory-entries.ts';
import { countLinks } from '../../kernel/kernel-files.ts';
import { closeDescriptor, openDescriptor } from '../../kernel/libc.ts';

/** A directory's own name, and its `.`. */
const LINKS_WITHOUT_GROUPS = 2;
const O_DIRECTORY = 0o200000;
/** Groups whose names are remembered; a lab in a lesson has a few. */
const KEPT = 64;

/** Names. Most groups have none, which their number of links tells without reading the many files in them. */
export function groupsBelow(group: string): string[] {
  if (countLinks(group) <= LINKS_WITHOUT_GROUPS) return [];
  let directory: number;
  try {
    directory = openDescriptor(group, O_DIRECTORY);
  } catch {
    // The lab's root may remove its own groups at any time.
    return [];
  }
  try {
    return readEntries(directory, Infinity)
      .entries.filter(({ type }) => type === entryTypes.directory)
      .map(({ name }) => name);
  } finally {
    closeDescriptor(directory);
  }
}

/**
 * The same, from look to look. A group that has as many links as before, and in which everything that was there is a
 * group still, has these below it and no others.
 */
export class GroupNames {
  readonly #known = new Map<string, string[]>();

  below(group: string): string[] {
    const count = countLinks(group) - LINKS_WITHOUT_GROUPS;
    if (count <= 0) return [];
    const known = this.#known.get(group);
    const isSame =
      known?.length === count && known.every((name) => countLinks(`${group}/${name}`) > 0);
    if (isSame) return known;
    const names = groupsBelow(group);
    if (this.#known.size >= KEPT) this.#known.clear();
    if (names.length <= KEPT) this.#known.set(group, names);
    return names;
  }
}
