// What keeps each namespace alive, and which are kept without a process in them. Pure; knows no element.
import type { ObservedNamespace } from '../../../server/protocol/snapshot-namespaces.ts';
import type { ObservedProcess } from '../../../server/protocol/snapshot.ts';
import type { XrayView } from '../../../server/protocol/xray.ts';
import type { XrayTexts } from '../texts/xray-texts.ts';
import { plain } from './plain.ts';

/** Processes that are named; the others are counted. */
const NAMED = 3;

export function membersOf({ kind, id }: ObservedNamespace, view: XrayView): ObservedProcess[] {
  return Object.values(view.processes).filter(({ namespaces }) => namespaces?.[kind] === id);
}

/** Those that a mount or an open file keeps and no process is in. */
export function keptNamespaces(view: XrayView): ObservedNamespace[] {
  return Object.values(view.namespaces).filter(
    (one) => one.keepers.length > 0 && membersOf(one, view).length === 0,
  );
}

/** Processes, mounts and open files; of none of them, what else it is kept by. */
export function sayWhatKeeps(
  namespace: ObservedNamespace,
  view: XrayView,
  { spaces }: XrayTexts,
): string[] {
  const members = membersOf(namespace, view);
  const named = members.slice(0, NAMED).map(({ name, pid }) => `${plain(name)} (${pid})`);
  if (members.length > NAMED) named.push('…');
  const said = [
    ...(members.length === 0 ? [] : [spaces.processes(members.length, named.join(', '))]),
    ...namespace.keepers.map((keeper) =>
      keeper.by === 'mount'
        ? spaces.byMount(plain(keeper.target))
        : spaces.byDescriptor(keeper.descriptor, keeper.pid),
    ),
  ];
  if (said.length > 0) return said;
  const { kind, id } = namespace;
  const waiting = Object.values(view.processes).find(
    ({ childPidNamespace }) => kind === 'pid' && childPidNamespace === id,
  );
  if (waiting !== undefined) return [spaces.byNextChild(plain(waiting.name), waiting.pid)];
  const isAbove = Object.values(view.namespaces).some(
    (one) => (kind === 'user' && one.owner === id) || (one.kind === kind && one.parent === id),
  );
  return isAbove ? [spaces.byOthers] : [];
}
