// Changes of a lab in words, many of a kind as one sentence. Knows no element.
import type { MountChange } from '../../lab-client/mount-changes.ts';
import type { Change } from '../../lab-client/xray-changes.ts';
import type { Instances } from '../../lab-client/xray-store.ts';
import type { XrayTexts } from '../texts/xray-texts.ts';
import { instanceName, numberedName } from './namespace-colour.ts';
import { plain } from './plain.ts';
import { sayCredentials } from './say-credentials.ts';
import { sayManyOfNetwork, sayNetworkChange, type Speech } from './say-network-changes.ts';

/** So many processes of a name are named one by one. */
const ONE_BY_ONE = 3;

export function sayChanges(
  changes: readonly Change[],
  { texts, instances }: { texts: XrayTexts; instances: Instances },
): string[] {
  const speech = { texts, words: texts.change, instances };
  const crowds = Map.groupBy(changes, crowdOf);
  return [...crowds].flatMap(([crowd, members]) => {
    const [first] = members;
    const isCrowd = crowd !== undefined && members.length > ONE_BY_ONE;
    if (!isCrowd || first === undefined) {
      return members.map((change) => sayChange(change, speech));
    }
    return sayCrowd(first, members.length, speech) ?? [];
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
    case 'propagation':
      return `${change.what}:${change.mount.namespace}:${change.now}`;
    case 'address-added':
    case 'address-gone':
    case 'route-added':
    case 'route-gone':
    case 'rule-added':
    case 'rule-gone':
      return `${change.what}:${change.network}`;
    default:
      return undefined;
  }
}

/** Of one kind, as crowdOf has it. */
function sayCrowd(first: Change, count: number, speech: Speech): string | undefined {
  const { words } = speech;
  switch (first.what) {
    case 'process-born':
      return words.manyBorn(count, plain(first.process.name));
    case 'process-gone':
      return words.manyEnded(count, plain(first.process.name));
    case 'whiteout':
      return words.manyWhiteouts(count, plain(first.mount.target));
    case 'propagation':
      return words.manyPropagations(count, first.now, mountedIn(first.mount.namespace, speech));
    case 'address-added':
    case 'route-added':
    case 'rule-added':
    case 'address-gone':
    case 'route-gone':
    case 'rule-gone':
      return sayManyOfNetwork(first, count, speech);
    default:
      return undefined;
  }
}

function sayChange(change: Change, speech: Speech): string {
  const { words, texts, instances } = speech;
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
      return words.namespaceBorn(nameOf(change, instances), texts.kinds[change.kind]);
    case 'namespace-gone':
      return words.namespaceGone(nameOf(change, instances));
    case 'user':
    case 'capabilities':
    case 'seccomp':
    case 'no-new-privileges':
      return sayCredentials(change, words);
    case 'mount-added':
    case 'mount-gone':
    case 'remounted':
    case 'propagation':
      return sayMount(change, speech);
    case 'whiteout':
      return words.whiteout(
        plain(join(change.mount.target, change.path)),
        mountedIn(change.mount.namespace, speech),
      );
    case 'opaque':
      return words.opaque(
        plain(join(change.mount.target, change.path)),
        mountedIn(change.mount.namespace, speech),
      );
    case 'limit-hit':
      return words.limits[change.limit](groupName(change.group, words), change.count);
    case 'limit-set':
      return words.limitsSet[change.limit](groupName(change.group, words), change.now);
    case 'regrouped':
      return words.regrouped(
        `${plain(change.process.name)} (PID ${change.process.pid})`,
        plain(change.now),
      );
    case 'group-made':
      return words.groupMade(plain(change.group));
    case 'group-gone':
      return words.groupGone(plain(change.group));
    case 'undrawn':
      return words.undrawn(change.count);
    default:
      return sayNetworkChange(change, speech);
  }
}

/** By the number that it had, which another may have the id of since. */
const nameOf = (
  { kind, id, number }: Extract<Change, { what: 'namespace-born' | 'namespace-gone' }>,
  instances: Instances,
): string =>
  number === undefined ? instanceName(kind, id, instances) : numberedName(kind, number);

const groupName = (path: string, words: Speech['words']): string =>
  path === '/' ? words.wholeLab : plain(path);

const mountedIn = (id: string, { texts, instances }: Speech): string =>
  instances.mnt[id] === 0 ? texts.ofLab : instanceName('mnt', id, instances);

function sayMount(change: MountChange, speech: Speech): string {
  const { words } = speech;
  const { type, target, namespace } = change.mount;
  const [where, whose] = [plain(target), mountedIn(namespace, speech)];
  switch (change.what) {
    case 'mount-added':
      return words.mountAdded(plain(type), where, whose);
    case 'mount-gone':
      return words.mountGone(where, whose);
    case 'remounted': {
      const [before, now] = [change.before.split(','), change.now.split(',')];
      const only = (some: string[], others: string[]): string =>
        plain(some.filter((one) => !others.includes(one)).join(', '));
      return words.remounted(where, { now: only(now, before), before: only(before, now) }, whose);
    }
    case 'propagation':
      return words.propagation(where, change, whose);
  }
}

const join = (directory: string, path: string): string =>
  directory === '/' ? `/${path}` : `${directory}/${path}`;
