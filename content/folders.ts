// The folders of a course: which entries a folder has, and the order and id in a folder's name.
// Knows no file's content.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from './problem.ts';
import { slugSchema } from './schema.ts';

export type NumberedFolder = { id: string; name: string; path: string; file: string };

export type FolderListing = { folders: NumberedFolder[]; problems: Problem[] };

const numberedName = /^(\d\d)-(.+)$/;

/** Sub-folders named `<nn>-<id>` in the order of their numbers; `files` are the only other names allowed. */
export function listNumberedFolders(
  path: string,
  file: string,
  files: readonly string[],
): FolderListing {
  const problems: Problem[] = [];
  const folders: NumberedFolder[] = [];
  const orders = new Map<string, string>();
  const ids = new Map<string, string>();
  for (const entry of readEntries(path)) {
    const here = `${file}/${entry.name}`;
    const report = (sentence: string, remedy: string) =>
      problems.push({ file: here, line: 1, column: 1, sentence, remedy });
    if (!entry.isDirectory()) {
      if (!files.includes(entry.name)) {
        report('this file is no part of a course', `remove or rename it: ${nameFiles(files)}`);
      }
      continue;
    }
    const [, order, id] = numberedName.exec(entry.name) ?? [];
    if (order === undefined || id === undefined || !slugSchema.safeParse(id).success) {
      report(
        'this folder is not named as two digits, a hyphen and an id',
        'rename it like `03-two-numbers`: the number is its place, the rest its id',
      );
      continue;
    }
    const sameOrder = orders.get(order);
    if (sameOrder !== undefined) {
      report(`\`${sameOrder}\` has the number ${order} too`, 'give each folder its own number');
    }
    const sameId = ids.get(id);
    if (sameId !== undefined) {
      report(`\`${sameId}\` has the id \`${id}\` too`, 'give each folder its own id');
    }
    orders.set(order, entry.name);
    ids.set(id, entry.name);
    folders.push({ id, name: entry.name, path: join(path, entry.name), file: here });
  }
  return { folders, problems };
}

/** Entries by name, without those that start with a dot (editors leave them). */
export function readEntries(path: string) {
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith('.'))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function nameFiles(files: readonly string[]): string {
  return `here may be ${files.map((name) => `\`${name}\``).join(', ')}`;
}
