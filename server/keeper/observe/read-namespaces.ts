// The namespaces of a lab besides its own eight: to whom each belongs, and the mounts and open files that keep
// those that no process is in.
import { withRoot } from '../../kernel/files-beneath.ts';
import { closeDescriptor } from '../../kernel/libc.ts';
import { askFile, askLink, type Relations } from '../../kernel/namespace-relations.ts';
import { openSteadily } from '../../kernel/steady-open.ts';
import { namespaceKinds, type NamespaceKind, type Snapshot } from '../../protocol/snapshot.ts';
import type { NamespaceKeeper, ObservedNamespace } from '../../protocol/snapshot-namespaces.ts';
import { Allowance } from './allowance.ts';
import { mayEnter, type LabScene } from './lab-scene.ts';
import { findOpenNamespaces, parseNamespace } from './open-files.ts';
import type { MountView } from './read-lab.ts';

const NAMESPACES = 256;
const KEEPERS = 8;
const PATH_CHARACTERS = 4096;
/** Of a snapshot; a namespace that `ip netns add` made needs three hundred. */
const BYTES = 128 * 1024;
const BYTES_PER_NAMESPACE = 300;

type Name = { kind: NamespaceKind; id: string };
type Found = Name & {
  keepers: NamespaceKeeper[];
  /** Tells this way to it from others, so that what was asked before need not be asked again. */
  way: string;
  ask: () => Relations | undefined;
};

/** What has been asked of namespaces that are there, by kind, number and way. */
export type Asked = Map<string, Relations>;
/** At the look before, which is used again, and at this one, which is added to. */
type Asking = { before: Asked | undefined; now: Asked };

export function readNamespaceFacts(
  scene: LabScene,
  asking: Asking,
): Pick<Snapshot, 'namespaces' | 'moreNamespaces'> {
  const others = new Set<string>();
  const found = new Map<string, Found>();
  for (const one of [...ofProcesses(scene), ...ofMounts(scene), ...ofFiles(scene)]) {
    if (one.id === scene.lab.namespaces[one.kind]) continue;
    const key = `${one.kind}:${one.id}`;
    const known = found.get(key);
    if (known !== undefined) known.keepers.push(...one.keepers);
    else if (found.size < NAMESPACES) found.set(key, one);
    else others.add(key);
  }
  const facts = [...found.values()].map((one) => describe(one, asking));
  const all = addAbove(facts, scene);
  const namespaces = new Allowance(BYTES).takeFirst(all, BYTES_PER_NAMESPACE, ({ keepers }) =>
    keepers.map((keeper) => ('target' in keeper ? keeper.target : '')),
  );
  return { namespaces, moreNamespaces: others.size + all.length - namespaces.length };
}

function describe({ kind, id, keepers, way, ask }: Found, asking: Asking): ObservedNamespace {
  const key = `${kind}:${id} ${way}`;
  const relations = asking.before?.get(key) ?? ask();
  // Whoever was asked may be elsewhere by now.
  const isIt = relations?.id === id;
  if (isIt) asking.now.set(key, relations);
  return {
    kind,
    id,
    owner: isIt ? relations.owner : null,
    parent: isIt && (kind === 'pid' || kind === 'user') ? relations.parent : null,
    keepers: keepers.slice(0, KEEPERS),
  };
}

/** Owners and parents that nothing else leads to: the namespaces below are all that keeps them. */
function addAbove(facts: ObservedNamespace[], { lab }: LabScene): ObservedNamespace[] {
  const known = new Set(facts.map(({ kind, id }) => `${kind}:${id}`));
  const above = facts.flatMap(({ kind, owner, parent }): Name[] => [
    ...(owner === null ? [] : [{ kind: 'user' as const, id: owner }]),
    ...(parent === null ? [] : [{ kind, id: parent }]),
  ]);
  for (const { kind, id } of above) {
    const key = `${kind}:${id}`;
    if (known.has(key) || id === lab.namespaces[kind] || facts.length >= NAMESPACES) continue;
    known.add(key);
    facts.push({ kind, id, owner: null, parent: null, keepers: [] });
  }
  return facts;
}

function ofProcesses({ sight, lab }: LabScene): Found[] {
  return sight.found.flatMap(({ hostPid, startTime, namespaces, childPidNamespace }) => {
    if (namespaces === null) return [];
    const of = (kind: NamespaceKind, id: string, link: string = kind): Found => ({
      kind,
      id,
      keepers: [],
      way: `process ${hostPid} ${startTime}`,
      ask: () => askLink(`/proc/${hostPid}/ns/${link}`),
    });
    const own = namespaceKinds
      .filter((kind) => namespaces[kind] !== lab.namespaces[kind])
      .map((kind) => of(kind, namespaces[kind]));
    if (childPidNamespace === null || childPidNamespace === namespaces.pid) return own;
    return [...own, of('pid', childPidNamespace, 'pid_for_children')];
  });
}

function ofMounts(scene: LabScene): Found[] {
  const targets = new Set<string>();
  return scene.sight.views.flatMap((view) =>
    view.read.mounts.flatMap(({ id: mount, type, root, target }) => {
      const name = type === 'nsfs' ? parseNamespace(root) : undefined;
      // A new mount namespace begins with a copy of each.
      if (name === undefined || targets.has(`${root} ${target}`)) return [];
      targets.add(`${root} ${target}`);
      const { namespace } = view;
      return {
        ...name,
        keepers: [{ by: 'mount', namespace, target: target.slice(0, PATH_CHARACTERS) } as const],
        way: `mount ${namespace} ${mount}`,
        ask: () => askMounted(scene, view, target),
      };
    }),
  );
}

function askMounted(
  scene: LabScene,
  { hostPid }: MountView,
  target: string,
): Relations | undefined {
  try {
    return withRoot(`/proc/${hostPid}/root`, (root) => {
      const file = openSteadily(root, target, (mount) => mayEnter(scene, hostPid, mount));
      if (file === undefined) return undefined;
      try {
        return askFile(file);
      } finally {
        closeDescriptor(file);
      }
    });
  } catch {
    // The process is gone.
    return undefined;
  }
}

function ofFiles({ sight }: LabScene): Found[] {
  return findOpenNamespaces(sight.found).map(({ kind, id, process, descriptor }) => ({
    kind,
    id,
    keepers: [{ by: 'descriptor', pid: process.pid, descriptor }],
    way: `file ${process.hostPid} ${process.startTime} ${descriptor}`,
    ask: () => askLink(`/proc/${process.hostPid}/fd/${descriptor}`),
  }));
}
