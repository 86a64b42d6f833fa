// Namespaces that processes keep by open files (proc_pid_fd(5), namespaces(7)). What a process has open changes as
// it runs, so a look goes through the files of those alone that have run since. Knows no fact of a namespace.
import { readEntries, readShortLink } from '../../kernel/directory-entries.ts';
import { closeDescriptor, openDescriptor } from '../../kernel/libc.ts';
import { namespaceKinds, type NamespaceKind } from '../../protocol/snapshot.ts';
import type { ReadProcess } from './read-process.ts';

/** Open files that are looked at, of one process and of all: what is beyond is not told. */
const FILES_OF_ONE = 256;
const FILES = 2048;
/** Milliseconds after which they are looked at all the same: a process that shares them (CLONE_FILES) may have run. */
const KEPT_FOR_MS = 1000;
const O_DIRECTORY = 0o200000;

export type OpenNamespace = {
  kind: NamespaceKind;
  id: string;
  process: ReadProcess;
  descriptor: number;
};

type Looked = { at: number; files: number; found: OpenNamespace[] };
/** By what was read of the process: that is another as soon as it has run. */
const lookedAt = new WeakMap<ReadProcess, Looked>();

export function findOpenNamespaces(processes: readonly ReadProcess[]): OpenNamespace[] {
  const now = performance.now();
  let left = FILES;
  return processes.flatMap((process) => {
    if (left <= 0) return [];
    const { files, found } = filesOf(process, now);
    left -= 1 + files;
    return found;
  });
}

function filesOf(process: ReadProcess, now: number): Looked {
  const known = lookedAt.get(process);
  if (known !== undefined && now - known.at < KEPT_FOR_MS) return known;
  const looked = { at: now, ...lookThrough(process) };
  lookedAt.set(process, looked);
  return looked;
}

function lookThrough(process: ReadProcess): Omit<Looked, 'at'> {
  let directory: number;
  try {
    directory = openDescriptor(`/proc/${process.hostPid}/fd`, O_DIRECTORY);
  } catch {
    return { files: 0, found: [] };
  }
  try {
    const entries = readEntries(directory, FILES_OF_ONE).entries.slice(0, FILES_OF_ONE);
    const found = entries.flatMap(({ name }): OpenNamespace[] => {
      const namespace = parseNamespace(readShortLink(directory, name) ?? '');
      return namespace === undefined ? [] : [{ ...namespace, process, descriptor: Number(name) }];
    });
    return { files: entries.length, found };
  } catch {
    return { files: 0, found: [] };
  } finally {
    closeDescriptor(directory);
  }
}

/** `net:[4026531833]`, as the kernel calls it in links and in mountinfo; no path of a file is written so. */
export function parseNamespace(text: string): { kind: NamespaceKind; id: string } | undefined {
  const [, word, id = ''] = /^(\w+):\[(\d{1,20})\]$/.exec(text) ?? [];
  const kind = namespaceKinds.find((one) => one === word);
  return kind === undefined ? undefined : { kind, id };
}
