// Changes of a lab in words, many of a kind as one sentence. Knows no element.
import type { Change } from '../../lab-client/xray-changes.ts';
import type { Instances } from '../../lab-client/xray-store.ts';
import type { XrayTexts } from '../texts/xray-texts.ts';
import { instanceName } from './namespace-colour.ts';
import { plain } from './plain.ts';

/** So many processes of a name are named one by one. */
const ONE_BY_ONE = 3;

export function sayChanges(
  changes: readonly Change[],
  { texts, instances }: { texts: XrayTexts; instances: Instances },
): string[] {
  const crowds = Map.groupBy(changes, crowdOf);
  return [...crowds].flatMap(([crowd, members]) => {
    const [first] = members;
    const isCrowd = crowd !== undefined && members.length > ONE_BY_ONE;
    if (!isCrowd || first === undefined) {
      return members.map((change) => sayChange(change, texts.change, { texts, instances }));
    }
    return sayCrowd(first, members.length, texts.change) ?? [];
  });
}

/** Changes that are told together when they are many; undefined for those that are told each. */
function crowdOf(change: Change): string | undefined {
  switch (change.what) {
    case 'process-born':
    case 'process-gone':
      return `${change.what}:${change.process.name}`;
    case 'whiteout':
      return `${change.what}:${change.mount.namespace}:${change.mount.id}`;
    default:
      return undefined;
  }
}

/** Of one kind, as crowdOf has it. */
function sayCrowd(first: Change, count: number, words: XrayTexts['change']): string | undefined {
  switch (first.what) {
    case 'process-born':
      return words.manyBorn(count, plain(first.process.name));
    case 'process-gone':
      return words.manyGone(count, plain(first.process.name));
    case 'whiteout':
      return words.manyWhiteouts(count, plain(first.mount.target));
    default:
      return undefined;
  }
}

function sayChange(
  change: Change,
  words: XrayTexts['change'],
  { texts, instances }: { texts: XrayTexts; instances: Instances },
): string {
  const mountedIn = (id: string): string =>
    instances.mnt[id] === 0 ? texts.ofLab : instanceName('mnt', id, instances);
  const networkOf = (id: string): string =>
    instances.net[id] === 0 ? texts.network.lab : instanceName('net', id, instances);
  switch (change.what) {
    case 'process-born': {
      const { name, pid, pids } = change.process;
      return words.born(plain(name), pid, pids.length > 1 ? pids.at(-1) : undefined);
    }
    case 'process-gone':
      return words.gone(plain(change.process.name), change.process.pid);
    case 'program':
      return words.program(change.process.pid, plain(change.before), plain(change.process.name));
    case 'root':
      return words.root(
        plain(change.process.name),
        change.process.pid,
        plain(change.process.root?.path ?? ''),
      );
    case 'moved': {
      const { name, pid, namespaces } = change.process;
      const id = namespaces?.[change.kind] ?? '';
      return words.moved(plain(name), pid, instanceName(change.kind, id, instances));
    }
    case 'namespace-born':
      return words.namespaceBorn(
        instanceName(change.kind, change.id, instances),
        texts.kinds[change.kind],
      );
    case 'namespace-gone':
      return words.namespaceGone(instanceName(change.kind, change.id, instances));
    case 'mount-added': {
      const { type, target, namespace } = change.mount;
      return words.mountAdded(plain(type), plain(target), mountedIn(namespace));
    }
    case 'link-added': {
      const { name, kind } = change.link;
      const shown = plain(kind ?? texts.network.device);
      return words.linkAdded(plain(name), shown, networkOf(change.network));
    }
    case 'link-gone':
      return words.linkGone(plain(change.link.name), networkOf(change.network));
    case 'whiteout':
      return words.whiteout(
        plain(join(change.mount.target, change.path)),
        mountedIn(change.mount.namespace),
      );
    case 'opaque':
      return words.opaque(
        plain(join(change.mount.target, change.path)),
        mountedIn(change.mount.namespace),
      );
    case 'limit-hit': {
      const group = change.group === '/' ? words.wholeLab : plain(change.group);
      return words.limits[change.limit](group, change.count);
    }
    case 'undrawn':
      return words.undrawn(change.count);
    case 'mount-gone':
      return words.mountGone(plain(change.mount.target), mountedIn(change.mount.namespace));
  }
}

const join = (directory: string, path: string): string =>
  directory === '/' ? `/${path}` : `${directory}/${path}`;
