// What of a snapshot a page is shown: the oldest processes and mounts first, with their long texts cut, so that
// no lab can fill its pages. Knows no page.
import type { ObservedOverlay } from '../protocol/snapshot-layers.ts';
import type { ObservedNamespace } from '../protocol/snapshot-namespaces.ts';
import type {
  ObservedGroup,
  ObservedMount,
  ObservedProcess,
  Place,
  Snapshot,
} from '../protocol/snapshot.ts';
import { mountKey, namespaceKey, processKey, type XrayView } from '../protocol/xray.ts';

/** More are counted: nobody reads a picture of more, and a fork bomb makes them by the hundred. */
const PROCESSES = 160;
/** Some twenty for each mount namespace. */
const MOUNTS = 600;
/** A container has eight at most. */
const NAMESPACES = 128;
/** Bytes, and microseconds: less is not to be seen on a bar. */
const MEMORY_STEP = 256 * 1024;
const PROCESSOR_STEP = 20_000;
/** Characters of a path or a command line; `cat /proc/PID/cmdline` shows the rest. */
const TEXT = 240;

/** `networks`: those that are shown. */
export function viewOf(snapshot: Snapshot, networks: XrayView['networks'] = {}): XrayView {
  const oldest = snapshot.processes.toSorted((a, b) => a.startTime - b.startTime || a.pid - b.pid);
  const processes = oldest.slice(0, PROCESSES).map(shorten);
  const mounts = Object.entries(snapshot.mounts).flatMap(([namespace, list]) =>
    list.map((mount) => ({
      ...mount,
      namespace,
      target: mount.target.slice(0, TEXT),
      root: mount.root.slice(0, TEXT),
      source: mount.source.slice(0, TEXT),
      options: mount.options.slice(0, 12).map((option) => option.slice(0, TEXT)),
      layers: shortenLayers(mount.layers),
    })),
  );
  const shown = mounts.slice(0, MOUNTS);
  return {
    at: snapshot.at,
    lab: snapshot.lab,
    hidden: {
      processes: oldest.length - processes.length,
      mounts: mounts.length - shown.length,
      overlays: snapshot.moreOverlays,
      namespaces: snapshot.moreNamespaces + Math.max(0, snapshot.namespaces.length - NAMESPACES),
      groups: snapshot.moreGroups,
    },
    processes: Object.fromEntries(processes.map((process) => [processKey(process), process])),
    mounts: Object.fromEntries(shown.map((mount) => [mountKey(mount), mount])),
    overlays: Object.fromEntries(
      snapshot.overlays.map((overlay) => [overlay.device, shortenOverlay(overlay)]),
    ),
    namespaces: Object.fromEntries(
      snapshot.namespaces
        .slice(0, NAMESPACES)
        .map((namespace) => [namespaceKey(namespace), shortenKeepers(namespace)]),
    ),
    groups: Object.fromEntries(snapshot.groups.map((group) => [group.path, coarsen(group)])),
    networks,
  };
}

/** Use in steps that can be seen: a lab at rest must not have something new to say at each look. */
function coarsen(group: ObservedGroup): ObservedGroup {
  const { memory, processor } = group;
  return {
    ...group,
    memory: memory && { ...memory, used: roundTo(memory.used, MEMORY_STEP) },
    processor: processor && {
      ...processor,
      usedMicroseconds: roundTo(processor.usedMicroseconds, PROCESSOR_STEP),
    },
  };
}

const roundTo = (value: number, step: number): number => Math.round(value / step) * step;

function shorten(process: ObservedProcess): ObservedProcess {
  return {
    ...process,
    command: shortenCommand(process.command),
    executable: process.executable?.slice(0, TEXT) ?? null,
    root: shortenPlace(process.root),
    workingDirectory: shortenPlace(process.workingDirectory),
    group: process.group?.slice(0, TEXT) ?? null,
  };
}

function shortenCommand(command: readonly string[]): string[] {
  let left = TEXT;
  return command.flatMap((argument) => {
    if (left <= 0) return [];
    const kept = argument.slice(0, left);
    left -= kept.length + 1;
    return [kept];
  });
}

/** Docker's images have a dozen layers; more are not read. */
function shortenLayers(layers: ObservedMount['layers']): ObservedMount['layers'] {
  if (layers === null) return null;
  const { lower, upper, work } = layers;
  return {
    lower: lower.slice(0, 16).map((path) => path.slice(0, TEXT)),
    upper: upper?.slice(0, TEXT) ?? null,
    work: work?.slice(0, TEXT) ?? null,
  };
}

function shortenPlace(place: Place | null): Place | null {
  return place === null ? null : { ...place, path: place.path.slice(0, TEXT) };
}

function shortenOverlay(overlay: ObservedOverlay): ObservedOverlay {
  const { lowers, upper, work, holds } = overlay;
  return {
    ...overlay,
    lowers: lowers.map(cut),
    upper: upper && cut(upper),
    work: work && cut(work),
    holds: holds && {
      ...holds,
      whiteouts: holds.whiteouts.map(cut),
      opaques: holds.opaques.map(cut),
      files: holds.files.map(cut),
    },
  };
}

function shortenKeepers(namespace: ObservedNamespace): ObservedNamespace {
  const keepers = namespace.keepers.map((keeper) =>
    keeper.by === 'mount' ? { ...keeper, target: cut(keeper.target) } : keeper,
  );
  return { ...namespace, keepers };
}

const cut = (text: string): string => text.slice(0, TEXT);
