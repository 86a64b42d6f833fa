// Mounts that came and went, and those that were mounted again with other options or made to propagate otherwise.
// Pure; knows no language.
import type { Propagation } from '../../server/protocol/snapshot.ts';
import type { XrayMount, XrayView } from '../../server/protocol/xray.ts';

export type MountChange =
  | { what: 'mount-added' | 'mount-gone'; mount: XrayMount }
  /** Its options are others. */
  | { what: 'remounted'; mount: XrayMount; before: string; now: string }
  /** How mounts below it reach its peers (mount_namespaces(7)). */
  | { what: 'propagation'; mount: XrayMount; before: Propagation; now: Propagation };

/** `isCopy` tells of mounts of a namespace that is itself new, or gone: that is no news of each. */
export function mountChanges(
  before: XrayView,
  after: XrayView,
  isCopy: (mount: XrayMount) => boolean,
): MountChange[] {
  const added: MountChange[] = [];
  const changed: MountChange[] = [];
  for (const [key, mount] of Object.entries(after.mounts)) {
    const earlier = before.mounts[key];
    if (isCopy(mount) || earlier === mount) continue;
    if (earlier === undefined || !isSameMount(earlier, mount)) {
      added.push({ what: 'mount-added', mount });
    } else changed.push(...changesOf(earlier, mount));
  }
  const gone = Object.entries(before.mounts).flatMap(([key, mount]): MountChange[] => {
    const later = after.mounts[key];
    const isThere = later !== undefined && isSameMount(mount, later);
    return isThere || isCopy(mount) ? [] : [{ what: 'mount-gone', mount }];
  });
  return [...added, ...changed, ...gone];
}

/** The kernel gives a number that is free again to the next mount. */
function isSameMount(one: XrayMount, other: XrayMount): boolean {
  return identityOf(one) === identityOf(other);
}

export function identityOf({ namespace, id, target, source, root, type }: XrayMount): string {
  return JSON.stringify([namespace, id, target, source, root, type]);
}

function changesOf(earlier: XrayMount, mount: XrayMount): MountChange[] {
  const changes: MountChange[] = [];
  const [options, others] = [earlier, mount].map((one) => one.options.join(','));
  if (options !== undefined && others !== undefined && options !== others) {
    changes.push({ what: 'remounted', mount, before: options, now: others });
  }
  const [before, now] = [earlier.propagation, mount.propagation];
  if (before !== now) changes.push({ what: 'propagation', mount, before, now });
  return changes;
}
