// The overlays that a lab's learner has mounted, with their layers and what the upper one holds. The lab's own
// root is none of them: its layers are the lab host's.
import { posix } from 'node:path';
import { withRoot } from '../../kernel/files-beneath.ts';
import { closeDescriptor } from '../../kernel/libc.ts';
import { openDirectoryOn, openSteadily } from '../../kernel/steady-open.ts';
import {
  OVERLAYS,
  type ObservedOverlay,
  type ObservedUpper,
} from '../../protocol/snapshot-layers.ts';
import { Allowance } from './allowance.ts';
import { mayEnter, type LabScene } from './lab-scene.ts';
import { parseLayers, type Layers } from './overlay-options.ts';
import type { MountView } from './read-lab.ts';
import type { OverlayMount } from './read-mounts.ts';
import { makeBudget, walkWithShare, type Budget } from './walk-upper.ts';

const MOUNTS_OF_ONE = 32;
const LOWERS = 32;
const PATH_CHARACTERS = 4096;
/** Of a snapshot; a lesson's overlays need two thousand. */
const BYTES = 128 * 1024;
const BYTES_PER_OVERLAY = 300;
/** Directories that layers may have been named from: those above the mount point, and where processes are. */
const BASES = 12;
/** Places in which all upper layers of a lab together are looked for: some 50 ms at worst. */
const PLACES = 384;

type Found = { mount: OverlayMount; view: MountView; mounts: ObservedOverlay['mounts'] };

/** `more`: how many there are besides. */
export function readOverlays(scene: LabScene): { overlays: ObservedOverlay[]; more: number } {
  const budget = makeBudget();
  const found = find(scene);
  const all = [...found].slice(0, OVERLAYS);
  const overlays = all.map(([device, one], index): ObservedOverlay => {
    const layers = parseLayers(one.mount.options);
    const seen = look(scene, one, {
      layers,
      budget,
      left: all.length - index,
      places: Math.floor(PLACES / all.length),
    });
    const place = (path: string): string =>
      posix.join(seen?.base ?? '', path).slice(0, PATH_CHARACTERS);
    return {
      device,
      mounts: one.mounts.slice(0, MOUNTS_OF_ONE),
      lowers: layers.lowers.slice(0, LOWERS).map((path) => placed(path, place)),
      upper: layers.upper === null ? null : placed(layers.upper, place),
      work: layers.work === null ? null : placed(layers.work, place),
      holds: seen?.holds ?? null,
    };
  });
  const told = new Allowance(BYTES).takeFirst(overlays, BYTES_PER_OVERLAY, textsOf);
  return { overlays: told, more: found.size - told.length };
}

const placed = (path: string, place: (path: string) => string): string =>
  path.startsWith('/') ? path.slice(0, PATH_CHARACTERS) : place(path);

const textsOf = ({ lowers, upper, work, holds }: ObservedOverlay): string[] => [
  ...lowers,
  upper ?? '',
  work ?? '',
  ...(holds?.whiteouts ?? []),
  ...(holds?.opaques ?? []),
  ...(holds?.files ?? []),
];

/** Each overlay once, wherever it is mounted. */
function find({ sight, lab }: LabScene): Map<string, Found> {
  const found = new Map<string, Found>();
  for (const view of sight.views) {
    for (const mount of view.read.overlays) {
      if (mount.device === lab.root.device) continue;
      const place = { namespace: view.namespace, id: mount.id };
      const known = found.get(mount.device);
      if (known !== undefined) known.mounts.push(place);
      else found.set(mount.device, { mount, view, mounts: [place] });
    }
  }
  return found;
}

/** `left`: overlays to look at, this one among them; `places` that may be tried for it. */
type Looking = { layers: Layers; budget: Budget; left: number; places: number };
type Seen = { base: string; holds: ObservedUpper };

/**
 * What the upper layer holds, and the directory that relative names of layers begin at. The options do not say
 * where that was: it is where both the upper layer and the kernel's own directory in the work directory are.
 */
function look(
  scene: LabScene,
  { mount, view }: Found,
  { layers, budget, left, places }: Looking,
): Seen | undefined {
  const { upper, work } = layers;
  if (upper === null || work === null) return undefined;
  const isAbsolute = [upper, work].every((path) => path.startsWith('/'));
  const bases = isAbsolute ? ['/'] : basesOf(scene, { mount, view });
  // A container may have left the root that it was mounted from.
  const hostPids = [...new Set([view.hostPid, scene.initPid])];
  const all = hostPids.flatMap((hostPid) => bases.map((base) => ({ hostPid, base })));
  for (const { hostPid, base } of all.slice(0, places)) {
    const holds = walkFrom(scene, hostPid, {
      upper: posix.resolve(base, upper),
      kernels: posix.join(posix.resolve(base, work), 'work'),
      budget,
      left,
    });
    if (holds !== undefined) return { base, holds };
  }
  return undefined;
}

function basesOf(scene: LabScene, { mount, view }: Pick<Found, 'mount' | 'view'>): string[] {
  const bases = new Set<string>();
  for (let above = mount.target; above !== '/' && above !== '.';) {
    above = posix.dirname(above);
    bases.add(above);
  }
  for (const { namespaces, workingDirectory } of scene.sight.found) {
    if (namespaces?.mnt === view.namespace && workingDirectory?.path.startsWith('/')) {
      bases.add(workingDirectory.path);
    }
  }
  return [...bases].slice(0, BASES);
}

function walkFrom(
  scene: LabScene,
  hostPid: number,
  {
    upper,
    kernels,
    budget,
    left,
  }: { upper: string; kernels: string; budget: Budget; left: number },
): ObservedUpper | undefined {
  const isOpen = (mount: number): boolean => mayEnter(scene, hostPid, mount);
  try {
    return withRoot(`/proc/${hostPid}/root`, (root) => {
      const proof = openSteadily(root, kernels, isOpen);
      if (proof === undefined) return undefined;
      closeDescriptor(proof);
      const path = openSteadily(root, upper, isOpen);
      if (path === undefined) return undefined;
      const directory = openDirectoryOn(path, '.');
      closeDescriptor(path);
      if (directory === undefined) return undefined;
      try {
        return walkWithShare(directory, budget, left);
      } finally {
        closeDescriptor(directory);
      }
    });
  } catch {
    // The process is gone.
    return undefined;
  }
}
