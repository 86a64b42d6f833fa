// What the page has been shown of its lab: the latest view, the names of its namespaces, and what has changed.
// Knows no socket and no drawing.
import type { NamespaceKind } from '../../server/protocol/snapshot.ts';
import { namespaceKinds } from '../../server/protocol/snapshot.ts';
import type { XrayMessage, XrayView } from '../../server/protocol/xray.ts';
import { applyDiff } from '../../server/protocol/xray.ts';
import { isBack, isSameNamespace } from './namespace-instances.ts';
import type { Change } from './xray-changes.ts';
import type { Instances, NamespaceName } from './namespace-instances.ts';
import { compareViews, namespacesOf } from './xray-changes.ts';

export type { Instances } from './namespace-instances.ts';

export type Moment = {
  view: XrayView;
  instances: Instances;
  /** Told from the beginning: nobody looked for this page since the moment before. */
  whole: boolean;
  /** Since the moment before. */
  changes: readonly Change[];
  /** performance.now() at which the page was told. */
  toldAt: number;
  /** Commands that this page had sent by then. */
  command: number;
};

/** Moments kept for looking back: a quarter of an hour of steady work, some megabytes. */
const MOMENTS = 400;

/** What sends a command, or ends one: Enter, ^C and ^D. */
const commandKeys = [0x0d, 0x03, 0x04];

let commands = 0;
/** performance.now() at which checks were earned, of the same time. */
let earned: readonly number[] = [];
/** The last is now. */
let moments: readonly Moment[] = [];
const listeners = new Set<() => void>();

export const getEarned = (): readonly number[] => earned;
export const getMoments = (): readonly Moment[] => moments;

export function subscribeToXray(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** This was typed into a terminal of the lab, by hand or by a button. */
export function noteTyped(data: Uint8Array): void {
  if (commandKeys.some((key) => data.includes(key))) commands += 1;
}

/** `now` is performance.now(). */
export function receiveXray(message: XrayMessage, now: number): void {
  moments = [
    ...moments,
    nextMoment(moments.at(-1), message, { toldAt: now, command: commands }),
  ].slice(-MOMENTS);
  for (const listener of listeners) listener();
}

/** A check of the step that is read was earned; `now` is performance.now(). */
export function noteEarned(now: number): void {
  earned = [...earned, now].slice(-MOMENTS);
  for (const listener of listeners) listener();
}

/** What follows `last` when a page is told `message`. */
export function nextMoment(
  last: Moment | undefined,
  message: XrayMessage,
  told: Pick<Moment, 'toldAt' | 'command'>,
): Moment {
  const view = applyDiff(last?.view, message);
  const instances = numberNamespaces(last?.instances, view, last?.view);
  const news = { view, instances, whole: message.whole, ...told };
  if (last === undefined) return { ...news, changes: [] };
  const numbers = { before: last.instances, after: instances };
  return { ...news, changes: compareViews(last.view, view, numbers) };
}

/** Another lab: nothing of the one before is true. */
export function clearXray(): void {
  moments = [];
  earned = [];
  for (const listener of listeners) listener();
}

/** `earlier` is the view that was numbered before. */
export function numberNamespaces(
  before: Instances | undefined,
  view: XrayView,
  earlier?: XrayView,
): Instances {
  const processes = Object.values(view.processes).toSorted((a, b) => a.startTime - b.startTime);
  const isKnown = (name: NamespaceName): boolean => {
    if (earlier === undefined) return true;
    const wasThere = namespacesOf(earlier, name.kind).has(name.id);
    return wasThere ? isSameNamespace(name, earlier, view) : isBack(name, earlier, view);
  };
  const number = (kind: NamespaceKind): Record<string, number> => {
    const numbers: Record<string, number> = { ...before?.[kind] };
    numbers[view.lab.namespaces[kind]] = 0;
    const given = new Set([view.lab.namespaces[kind]]);
    let next = Math.max(0, ...Object.values(numbers)) + 1;
    const seen = processes.map(({ namespaces }) => namespaces?.[kind]);
    // Some are kept without a process in them.
    const networks = kind === 'net' ? Object.keys(view.networks) : [];
    const kept = Object.values(view.namespaces).flatMap((one) => (one.kind === kind ? one.id : []));
    for (const id of [...seen, ...networks, ...kept]) {
      if (id === undefined || given.has(id)) continue;
      given.add(id);
      if (Object.hasOwn(numbers, id) && isKnown({ kind, id })) continue;
      numbers[id] = next;
      next += 1;
    }
    return numbers;
  };
  const [cgroup, ipc, mnt, net, pid, time, user, uts] = namespaceKinds.map(number);
  return {
    cgroup: cgroup ?? {},
    ipc: ipc ?? {},
    mnt: mnt ?? {},
    net: net ?? {},
    pid: pid ?? {},
    time: time ?? {},
    user: user ?? {},
    uts: uts ?? {},
  };
}
