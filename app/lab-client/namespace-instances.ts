// Which namespaces of two views are one. The kernel gives the number of a namespace that is gone to the next that is
// made, often at once, so that a number tells one from another only while somebody holds it. Pure.
import type { NamespaceKind } from '../../server/protocol/snapshot.ts';
import type { XrayView } from '../../server/protocol/xray.ts';
import { namespaceKey, processKey } from '../../server/protocol/xray.ts';

/** Number of each namespace among those of its kind, by its id: 0 is the lab's, and a number stays. */
export type Instances = Record<NamespaceKind, Readonly<Record<string, number>>>;

export type NamespaceName = { kind: NamespaceKind; id: string };

/** Who tells it from another: processes in it, or to be in it; and what else keeps it. */
type Holders = { first: string | undefined; members: Set<string>; keepers: Set<string> };

/** Of a namespace that has a number in both views: whether it was there all the time, as far as can be told. */
export function isSameNamespace(name: NamespaceName, before: XrayView, after: XrayView): boolean {
  const { kind, id } = name;
  if (before.lab.namespaces[kind] === id) return after.lab.namespaces[kind] === id;
  const [then, now] = [holdersOf(name, before), holdersOf(name, after)];
  // It ends with its PID 1 (pid_namespaces(7)).
  if (then.first !== undefined && now.first !== undefined) return then.first === now.first;
  if (haveOne(then.members, now.members)) return true;
  if (haveOne(then.keepers, now.keepers)) return true;
  // What nobody was seen to hold may be held by what is below it, or by whoever is not told of.
  if (then.members.size + then.keepers.size === 0) return true;
  if (now.members.size + now.keepers.size === 0) return true;
  return then.members.size > 0 !== now.members.size > 0 || isOlder(now.members, before);
}

/** Of one that has a number from earlier and was not in `before`: whether it may be the same again. */
export function isBack(name: NamespaceName, before: XrayView, after: XrayView): boolean {
  // Networks are told of for a while, and then not.
  if (name.kind === 'net' && Object.keys(before.networks).length === 0) return true;
  return isOlder(holdersOf(name, after).members, before);
}

const haveOne = (some: ReadonlySet<string>, others: ReadonlySet<string>): boolean =>
  [...some].some((one) => others.has(one));

/** Whether one of them had started by then: it may have come from elsewhere. */
function isOlder(members: ReadonlySet<string>, { processes }: XrayView): boolean {
  const latest = Math.max(...Object.values(processes).map(({ startTime }) => startTime));
  return [...members].some((key) => Number(key.slice(key.indexOf(':') + 1)) <= latest);
}

function holdersOf(name: NamespaceName, view: XrayView): Holders {
  const { kind, id } = name;
  const holders: Holders = { first: undefined, members: new Set(), keepers: new Set() };
  for (const process of Object.values(view.processes)) {
    const { namespaces, childPidNamespace, pids } = process;
    const isIn = namespaces?.[kind] === id;
    if (!isIn && !(kind === 'pid' && childPidNamespace === id)) continue;
    const key = processKey(process);
    holders.members.add(key);
    if (kind === 'pid' && isIn && pids.at(-1) === 1) holders.first = key;
  }
  for (const keeper of view.namespaces[namespaceKey(name)]?.keepers ?? []) {
    holders.keepers.add(JSON.stringify(keeper));
  }
  return holders;
}
