// Changes of networks in words. Knows no element.
import type { NetworkChange } from '../../lab-client/network-changes.ts';
import type { Instances } from '../../lab-client/xray-store.ts';
import type { ChangeTexts } from '../texts/change-texts.ts';
import type { XrayTexts } from '../texts/xray-texts.ts';
import { instanceName } from './namespace-colour.ts';
import { plain } from './plain.ts';
import { sayRule } from './say-network.ts';

export type Speech = { texts: XrayTexts; words: ChangeTexts; instances: Instances };

type Of<What extends NetworkChange['what']> = Extract<NetworkChange, { what: What }>;
type Crowded =
  | Of<'address-added' | 'address-gone'>
  | Of<'route-added' | 'route-gone'>
  | Of<'rule-added' | 'rule-gone'>;

export function sayManyOfNetwork(first: Crowded, count: number, speech: Speech): string {
  const { manyAdded, manyGone } = speech.words;
  const network = networkOf(first.network, speech);
  switch (first.what) {
    case 'address-added':
      return manyAdded.address(count, network);
    case 'address-gone':
      return manyGone.address(count, network);
    case 'route-added':
      return manyAdded.route(count, network);
    case 'route-gone':
      return manyGone.route(count, network);
    case 'rule-added':
      return manyAdded.rule(count, network);
    case 'rule-gone':
      return manyGone.rule(count, network);
  }
}

export function sayNetworkChange(change: NetworkChange, speech: Speech): string {
  const { texts, words } = speech;
  const network = networkOf(change.network, speech);
  switch (change.what) {
    case 'link-added': {
      const { name, kind } = change.link;
      return words.linkAdded(plain(name), plain(kind ?? texts.network.device), network);
    }
    case 'link-gone':
      return words.linkGone(plain(change.link.name), network);
    case 'link-on':
      return words.linkOn(plain(change.link.name), network);
    case 'link-off':
      return words.linkOff(plain(change.link.name), network);
    case 'link-named':
      return words.linkNamed(plain(change.before), plain(change.now), network);
    case 'link-port': {
      const [now, before] = [change.now, change.before].map((name) => name && plain(name));
      return words.linkPort(plain(change.link.name), now ?? null, before ?? null);
    }
    case 'address-added':
      return words.addressAdded(change.address, plain(change.link.name), network);
    case 'address-gone':
      return words.addressGone(change.address, plain(change.link.name), network);
    case 'route-added':
      return words.routeAdded(wayOf(change, words), network);
    case 'route-gone':
      return words.routeGone(wayOf(change, words), network);
    case 'rule-added':
      return words.ruleAdded(chainOf(change), ruleOf(change, texts), network);
    case 'rule-gone':
      return words.ruleGone(chainOf(change), ruleOf(change, texts), network);
  }
}

const networkOf = (id: string, { texts, instances }: Speech): string =>
  instances.net[id] === 0 ? texts.network.lab : instanceName('net', id, instances);

function wayOf({ route, by }: Of<'route-added' | 'route-gone'>, words: ChangeTexts): string {
  const { destination, gateway } = route;
  return words.route(destination === 'default' ? null : destination, gateway, by && plain(by));
}

const chainOf = ({ rule }: Of<'rule-added' | 'rule-gone'>): string =>
  plain(`${rule.table} ${rule.chain}`);

function ruleOf({ rule }: Of<'rule-added' | 'rule-gone'>, { network }: XrayTexts): string {
  const { matches, action } = sayRule(rule, network);
  return `${matches} → ${action}`;
}
