// Tells apart namespaces that had the same number one after another: the kernel gives the number of one that is gone
// to the next at once (the inode of its file, namespaces(7)). Knows no expression and no end.
import {
  namespaceKinds,
  type NamespaceKind,
  type ObservedProcess,
} from '../../protocol/snapshot.ts';

/** What each of a process's namespaces is known by, from the first look to the last. */
export type Identities = Readonly<Record<NamespaceKind, string>>;

type Namespaces = NonNullable<ObservedProcess['namespaces']>;

/** By kind and number. */
type Lives = Record<NamespaceKind, Map<string, string>>;

type Look = {
  /** Those of the lab itself, which are there as long as it is. */
  own: Namespaces;
  /** Where the look was cut, some are missing. */
  processes: readonly ObservedProcess[];
};

export class NamespaceLives {
  #lives = noLives();
  #count = 0;

  /**
   * The identities of those that are not wholly in the lab's own namespaces, which have their numbers for names.
   * `before`: what a process was told to be in at an earlier look. Where nobody is seen in a namespace at a look, it
   * counts as another afterwards, though a mount may have kept it, or the look was cut: its number may have been given
   * again.
   */
  identify(
    { own, processes }: Look,
    before: (process: ObservedProcess) => Identities | undefined,
  ): Map<ObservedProcess, Identities> {
    const lives = noLives();
    const first = firstByNamespace(processes);
    const identities = new Map<ObservedProcess, Identities>();
    for (const process of processes) {
      const { namespaces } = process;
      if (namespaces === null || namespaceKinds.every((kind) => namespaces[kind] === own[kind])) {
        continue;
      }
      const identity = (kind: NamespaceKind): string =>
        namespaces[kind] === own[kind]
          ? namespaces[kind]
          : this.#find(lives, kind, namespaces[kind]);
      identities.set(process, {
        cgroup: identity('cgroup'),
        ipc: identity('ipc'),
        mnt: identity('mnt'),
        net: identity('net'),
        // A process never leaves its own (setns(2)), and that of a dying PID 1 can no longer be read.
        pid: before(process)?.pid ?? pidIdentity(process, first) ?? identity('pid'),
        time: identity('time'),
        user: identity('user'),
        uts: identity('uts'),
      });
    }
    this.#lives = lives;
    return identities;
  }

  #find(lives: Lives, kind: NamespaceKind, id: string): string {
    const known = lives[kind].get(id) ?? this.#lives[kind].get(id) ?? this.#name(id);
    lives[kind].set(id, known);
    return known;
  }

  #name(id: string): string {
    this.#count += 1;
    return `${id}/${this.#count}`;
  }
}

function noLives(): Lives {
  const empty = (): Map<string, string> => new Map();
  return {
    cgroup: empty(),
    ipc: empty(),
    mnt: empty(),
    net: empty(),
    pid: empty(),
    time: empty(),
    user: empty(),
    uts: empty(),
  };
}

/** PID 1 of each PID namespace below the lab's, by the number of the namespace. */
function firstByNamespace(processes: readonly ObservedProcess[]): Map<string, ObservedProcess[]> {
  const first = new Map<string, ObservedProcess[]>();
  for (const process of processes) {
    const { namespaces, pids } = process;
    if (namespaces === null || pids.length < 2 || pids.at(-1) !== 1) continue;
    first.set(namespaces.pid, [...(first.get(namespaces.pid) ?? []), process]);
  }
  return first;
}

/**
 * A PID namespace is known by its PID 1, without which it is none (pid_namespaces(7)): so two are told apart that come
 * and go between two looks. Undefined for that of the lab.
 */
function pidIdentity(
  { namespaces, startTime }: ObservedProcess,
  first: ReadonlyMap<string, readonly ObservedProcess[]>,
): string | undefined {
  const own = (first.get(namespaces?.pid ?? '') ?? [])
    .filter((one) => one.startTime <= startTime)
    .toSorted((one, other) => one.startTime - other.startTime)
    .at(-1);
  return own && `${namespaces?.pid}/${own.pid}:${own.startTime}`;
}
