// What is worth a mark on the strip of time. Pure; knows no element.
import type { NamespaceKind } from '../../../server/protocol/snapshot.ts';
import type { XrayView } from '../../../server/protocol/xray.ts';
import type { Change } from '../../lab-client/xray-changes.ts';
import { sumUp } from '../../lab-client/sum-up.ts';
import type { Moment } from '../../lab-client/xray-store.ts';
import { kindsInOrder } from './namespace-colour.ts';

export type TimeMark = {
  /** Of the moment. */
  index: number;
  /** The kind of namespace that it is about; a limit was hit; a check was earned. */
  kind: NamespaceKind | 'limit' | 'earned';
};

/** `earned`: when checks were, in the same clock as the moments. At most one of a kind at a moment. */
export function marksOf(moments: readonly Moment[], earned: readonly number[]): TimeMark[] {
  const changed = moments.flatMap(({ changes, view }, index) => {
    const kinds = sumUp(changes).flatMap((change) => kindOf(change, view) ?? []);
    return [...new Set(kinds)].map((kind) => ({ index, kind }));
  });
  return [...changed, ...new Set(momentsOf(moments, earned))].map((mark) =>
    typeof mark === 'number' ? { index: mark, kind: 'earned' } : mark,
  );
}

/** Link judges a look before it shows it: the moment of a check is the first one told after it. */
export function momentsOf(moments: readonly Moment[], earned: readonly number[]): number[] {
  const first = moments[0]?.toldAt ?? Infinity;
  return earned.flatMap((at) => {
    if (at < first) return [];
    const index = moments.findIndex(({ toldAt }) => toldAt >= at);
    return index < 0 ? moments.length - 1 : index;
  });
}

/** Undefined for what is no event of its own: processes of the lab that come and go, and their programs. */
function kindOf(change: Change, view: XrayView): TimeMark['kind'] | undefined {
  switch (change.what) {
    case 'namespace-born':
    case 'namespace-gone':
    case 'moved':
      return change.kind;
    case 'process-born': {
      const { namespaces } = change.process;
      return kindsInOrder.find(
        (kind) => namespaces !== null && namespaces[kind] !== view.lab.namespaces[kind],
      );
    }
    case 'root':
    case 'mount-added':
    case 'mount-gone':
    case 'whiteout':
    case 'opaque':
    case 'remounted':
    case 'propagation':
      return 'mnt';
    case 'link-added':
    case 'link-gone':
    case 'link-on':
    case 'link-off':
    case 'link-named':
    case 'link-port':
    case 'address-added':
    case 'address-gone':
    case 'route-added':
    case 'route-gone':
    case 'rule-added':
    case 'rule-gone':
      return 'net';
    case 'regrouped':
    case 'group-made':
    case 'group-gone':
    case 'limit-set':
      return 'cgroup';
    case 'user':
    case 'capabilities':
    case 'seccomp':
    case 'no-new-privileges':
      return 'user';
    case 'limit-hit':
      return 'limit';
    case 'process-gone':
    case 'program':
    case 'undrawn':
      return undefined;
  }
}
