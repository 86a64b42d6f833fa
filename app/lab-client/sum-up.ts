// What is left of the changes of many looks, the weightiest first: of what came and went again, or was turned and
// turned back, nothing is said. Pure; knows no language.
import { processKey } from '../../server/protocol/xray.ts';
import { isUndone, type CredentialChange } from './credential-changes.ts';
import type { LimitChange } from './limit-changes.ts';
import { identityOf } from './mount-changes.ts';
import { routeKey, ruleKey } from './network-changes.ts';
import type { Change } from './xray-changes.ts';

/** The weightiest first. */
const weights: Record<Change['what'], number> = {
  'namespace-born': 0,
  'limit-hit': 0,
  root: 1,
  moved: 1,
  'mount-added': 2,
  'mount-gone': 2,
  remounted: 2,
  propagation: 2,
  whiteout: 2,
  opaque: 2,
  'link-added': 2,
  'link-gone': 2,
  'link-named': 2,
  'link-port': 2,
  'address-added': 2,
  'address-gone': 2,
  'rule-added': 2,
  'rule-gone': 2,
  regrouped: 2,
  'group-made': 2,
  'group-gone': 2,
  'limit-set': 2,
  'namespace-gone': 3,
  user: 3,
  capabilities: 3,
  seccomp: 3,
  'no-new-privileges': 3,
  // Most follow from addresses, and from each other.
  'link-on': 3,
  'link-off': 3,
  'route-added': 4,
  'route-gone': 4,
  'process-born': 4,
  undrawn: 4,
  program: 5,
  'process-gone': 6,
};

export function sumUp(changes: readonly Change[]): Change[] {
  return settle(addUp(changes)).toSorted((a, b) => weights[a.what] - weights[b.what]);
}

/** A limit that was hit again and again is worth one sentence, and so are processes beyond those that are drawn. */
function addUp(changes: readonly Change[]): Change[] {
  const sums = new Map<string, LimitChange>();
  let undrawn = 0;
  const others = changes.filter((change) => {
    if (change.what === 'undrawn') {
      undrawn += change.count;
      return false;
    }
    if (change.what !== 'limit-hit') return true;
    const key = `${change.limit} ${change.group}`;
    sums.set(key, { ...change, count: change.count + (sums.get(key)?.count ?? 0) });
    return false;
  });
  const more: Change[] = undrawn > 0 ? [{ what: 'undrawn', count: undrawn }] : [];
  return [...sums.values(), ...others, ...more];
}

function settle(changes: readonly Change[]): Change[] {
  const turns = Map.groupBy(changes, turnKey);
  const things = Map.groupBy(changes, comingKey);
  const passed = new Set(
    [...things].flatMap(([key, all]) => (key !== undefined && hasPassed(all) ? key : [])),
  );
  return changes.flatMap((change): Change[] => {
    const [coming, turn, subject] = [comingKey(change), turnKey(change), subjectOf(change)];
    if (passed.has(subject ?? '') || passed.has(coming ?? '')) return [];
    // Of what came and went several times, the last tells how it is.
    if (coming !== undefined) return things.get(coming)?.at(-1) === change ? [change] : [];
    if (turn === undefined) return [change];
    const all = turns.get(turn) ?? [];
    return all.at(-1) === change ? turned(all[0] ?? change, change) : [];
  });
}

/** It was not there before and is not there now, or both. */
function hasPassed(all: readonly Change[]): boolean {
  const [first, last] = [all[0], all.at(-1)];
  return first !== undefined && last !== undefined && isComing(first) !== isComing(last);
}

const comings: ReadonlySet<Change['what']> = new Set<Change['what']>([
  'process-born',
  'namespace-born',
  'mount-added',
  'link-added',
  'link-on',
  'address-added',
  'route-added',
  'rule-added',
  'group-made',
]);

const isComing = ({ what }: Change): boolean => comings.has(what);

/** The last of many turns, from where the first began; nothing when that is where it ended. */
function turned(first: Change, last: Change): Change[] {
  if (!('before' in first) || !('before' in last)) return [last];
  return isBack(first, last) ? [] : [Object.assign({}, last, { before: first.before })];
}

function isBack(first: Change, last: Change): boolean {
  if ('now' in last) return 'before' in first && first.before === last.now;
  return isOfCredentials(first) && isOfCredentials(last) && isUndone(first, last);
}

const isOfCredentials = (change: Change): change is CredentialChange =>
  'process' in change && 'before' in change && !('now' in change) && change.what !== 'program';

/** The same for the coming and the going of one thing; undefined for what can do neither. */
function comingKey(change: Change): string | undefined {
  switch (change.what) {
    case 'process-born':
    case 'process-gone':
    case 'mount-added':
    case 'mount-gone':
    case 'link-added':
    case 'link-gone':
    case 'group-made':
    case 'group-gone':
      return subjectOf(change);
    case 'namespace-born':
    case 'namespace-gone':
      return `${change.kind}:${change.number ?? change.id}`;
    case 'link-on':
    case 'link-off':
      return `on:${change.network}:${change.link.index}`;
    case 'address-added':
    case 'address-gone':
      return `address:${change.network}:${change.link.index} ${change.address}`;
    case 'route-added':
    case 'route-gone':
      return `route:${change.network}:${routeKey(change.route)}`;
    case 'rule-added':
    case 'rule-gone':
      return `rule:${change.network}:${ruleKey(change.rule)}`;
    default:
      return undefined;
  }
}

/** The same for what is now one way and now another of one thing. */
function turnKey(change: Change): string | undefined {
  switch (change.what) {
    case 'link-named':
    case 'link-port':
    case 'remounted':
    case 'propagation':
    case 'regrouped':
    case 'user':
    case 'capabilities':
    case 'seccomp':
    case 'no-new-privileges':
      return `${change.what} ${subjectOf(change)}`;
    case 'limit-set':
      return `${change.what} ${change.group} ${change.limit}`;
    default:
      return undefined;
  }
}

/** What it is about, as that comes and goes. That a limit was hit is worth a word whatever became of its group. */
function subjectOf(change: Change): string | undefined {
  if (change.what === 'limit-hit' || change.what === 'undrawn') return undefined;
  if ('process' in change) return `process:${processKey(change.process)}`;
  if ('link' in change) return `link:${change.network}:${change.link.index}`;
  if ('route' in change) return `link:${change.network}:${change.route.link}`;
  if ('group' in change) return `group:${change.group}`;
  return 'mount' in change ? `mount:${identityOf(change.mount)}` : undefined;
}
