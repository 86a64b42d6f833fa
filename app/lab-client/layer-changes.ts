// What has newly been hidden in the upper layers of overlays. Pure; knows no language.
import type { XrayMount, XrayView } from '../../server/protocol/xray.ts';
import { mountKey } from '../../server/protocol/xray.ts';

export type LayerChange = {
  /** A file that was deleted, or a directory that hides the one of its name below. */
  what: 'whiteout' | 'opaque';
  /** Where the overlay is mounted. */
  mount: XrayMount;
  /** From there, without a slash at its begin. */
  path: string;
};

export function layerChanges(before: XrayView, after: XrayView): LayerChange[] {
  return Object.values(after.overlays).flatMap((overlay) => {
    const earlier = before.overlays[overlay.device]?.holds;
    const mount = mountOf(overlay, after);
    const { holds } = overlay;
    // Of what was not looked at whole before, nothing is known to be new.
    if (!holds || !earlier || earlier.isCut || mount === undefined) return [];
    const [whiteouts, opaques] = [new Set(earlier.whiteouts), new Set(earlier.opaques)];
    const hidden = holds.whiteouts.filter((path) => !whiteouts.has(path));
    const covered = holds.opaques.filter((path) => !opaques.has(path));
    return hidden
      .map((path): LayerChange => ({ what: 'whiteout', mount, path }))
      .concat(covered.map((path) => ({ what: 'opaque', mount, path })));
  });
}

/** For a container that stands on it the overlay is its root, and that is how its learner named the file. */
function mountOf({ mounts }: XrayView['overlays'][string], view: XrayView): XrayMount | undefined {
  const places = mounts.flatMap((place) => view.mounts[mountKey(place)] ?? []);
  return places.find(({ target }) => target === '/') ?? places[0];
}
