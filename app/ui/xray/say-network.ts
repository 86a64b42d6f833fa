// Devices and rules of a network in words. Knows no element.
import type { ObservedLink, ObservedRule } from '../../../server/protocol/network.ts';
import type { Moment } from '../../lab-client/xray-store.ts';
import type { NetworkTexts } from '../texts/network-texts.ts';
import { instanceName } from './namespace-colour.ts';
import { plain } from './plain.ts';

/** Switched on with the other end there, without it, or switched off. */
export function stateOf({ up, carrier }: ObservedLink): 'on' | 'waiting' | 'off' {
  if (!up) return 'off';
  return carrier ? 'on' : 'waiting';
}

/** The bridge whose port it is, and the other end. */
export function sayWhereTo(
  link: ObservedLink,
  { id, moment, texts }: { id: string; moment: Moment; texts: NetworkTexts },
): string {
  const { view, instances } = moment;
  const nameOf = (network: string, index: number): string | undefined => {
    const found = view.networks[network]?.links.find((one) => one.index === index);
    return found === undefined ? undefined : plain(found.name);
  };
  const said: string[] = [];
  const bridge = link.bridge === null ? undefined : nameOf(id, link.bridge);
  if (bridge !== undefined) said.push(texts.portOf(bridge));
  if (link.linked !== null) {
    const { namespace, index } = link.linked;
    const name = namespace === null ? undefined : nameOf(namespace, index);
    if (namespace === null || name === undefined) said.push(texts.elsewhere);
    else if (namespace === id) said.push(name);
    else if (namespace === view.lab.namespaces.net) said.push(texts.endIn(name, texts.lab));
    else said.push(texts.endIn(name, instanceName('net', namespace, instances)));
  }
  return said.join(', ');
}

export function sayRule(
  rule: ObservedRule,
  texts: NetworkTexts,
): { matches: string; action: string } {
  const matches = rule.matches.map(({ field, not, value, index }) => {
    const what = index === undefined ? plain(value) : texts.numbered(plain(value), index);
    const text = `${texts.fields[field]} ${what}`;
    return not ? texts.not(text) : text;
  });
  const to = rule.to === null ? '' : ` ${plain(rule.to)}`;
  return {
    matches: [
      ...(matches.length === 0 && !rule.more ? [texts.everything] : matches),
      ...(rule.more ? [texts.more] : []),
    ].join(', '),
    action: `${texts.actions[rule.action]}${to}`,
  };
}

type Count = { packets: number } | null;

/** Whether more packets have come by since; false when there is nothing to compare with. */
export function hasCounted(now: Count, before: Count | undefined): boolean {
  return now !== null && now.packets > (before?.packets ?? Infinity);
}
