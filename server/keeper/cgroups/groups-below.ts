// The groups right below a group, whoever made them. Knows no lab.
import { entryTypes, readEntries } from '../../kernel/directory-entries.ts';
import { countLinks } from '../../kernel/kernel-files.ts';
import { closeDescriptor, openDescriptor } from '../../kernel/libc.ts';

/** A directory's own name, and its `.`. */
const LINKS_WITHOUT_GROUPS = 2;
const O_DIRECTORY = 0o200000;

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
