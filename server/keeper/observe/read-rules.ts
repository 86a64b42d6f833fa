// Reads the rules of nf_tables in a network namespace from the kernel's answers (linux/netfilter/nf_tables.h): what a
// packet must have, what is done with it, how often it was. Knows no socket and no lab.
import { Attributes, type NetlinkMessage } from '../../kernel/netlink.ts';
import type { ObservedRule } from '../../protocol/network.ts';
import type { DeviceNames } from './packet-fields.ts';
import { RuleReading } from './rule-reading.ts';

const TABLES = 10 << 8;
const NFT_MSG_NEWCHAIN = TABLES | 3;
const NFT_MSG_NEWRULE = TABLES | 6;
/** struct nfgenmsg: the family at 0. */
const NFGEN_BYTES = 4;
const NFTA_CHAIN = { TABLE: 1, NAME: 3, HOOK: 4, TYPE: 7 };
const NFTA_HOOK_HOOKNUM = 1;
const NFTA_RULE = { TABLE: 1, CHAIN: 2, HANDLE: 3, EXPRESSIONS: 4 };
const NFTA_LIST_ELEM = 1;
const NFTA_EXPR_NAME = 1;
const NFTA_EXPR_DATA = 2;

const NFPROTO_NETDEV = 5;
const families = new Map([
  [1, 'inet'],
  [2, 'ip'],
  [3, 'arp'],
  [NFPROTO_NETDEV, 'netdev'],
  [7, 'bridge'],
  [10, 'ip6'],
]);
/** enum nf_inet_hooks. */
const hooks = ['prerouting', 'input', 'forward', 'output', 'postrouting', 'ingress'] as const;
const deviceHooks = ['ingress', 'egress'] as const;

type Chain = Pick<ObservedRule, 'hook' | 'type'>;

export function readRules(
  chainMessages: readonly NetlinkMessage[],
  ruleMessages: readonly NetlinkMessage[],
  names: DeviceNames,
): ObservedRule[] {
  const chains = readChains(chainMessages);
  return ruleMessages.flatMap(({ type, body }) => {
    if (type !== NFT_MSG_NEWRULE || body.length < NFGEN_BYTES) return [];
    const attributes = new Attributes(body, NFGEN_BYTES);
    const family = familyOf(body);
    const table = attributes.text(NFTA_RULE.TABLE)?.slice(0, 256) ?? '';
    const chain = attributes.text(NFTA_RULE.CHAIN)?.slice(0, 256) ?? '';
    const reading = new RuleReading(names);
    for (const expression of attributes.nest(NFTA_RULE.EXPRESSIONS).nests(NFTA_LIST_ELEM)) {
      reading.take(expression.text(NFTA_EXPR_NAME) ?? '', expression.nest(NFTA_EXPR_DATA));
    }
    const known = chains.get(keyOf(family, table, chain)) ?? { hook: null, type: null };
    const handle = attributes.networkNumber(NFTA_RULE.HANDLE) ?? 0;
    return { family, table, chain, ...known, handle, ...reading.result };
  });
}

function readChains(messages: readonly NetlinkMessage[]): Map<string, Chain> {
  const chains = new Map<string, Chain>();
  for (const { type, body } of messages) {
    if (type !== NFT_MSG_NEWCHAIN || body.length < NFGEN_BYTES) continue;
    const attributes = new Attributes(body, NFGEN_BYTES);
    const number = attributes.nest(NFTA_CHAIN.HOOK).networkNumber(NFTA_HOOK_HOOKNUM);
    const names = body[0] === NFPROTO_NETDEV ? deviceHooks : hooks;
    const key = keyOf(
      familyOf(body),
      attributes.text(NFTA_CHAIN.TABLE)?.slice(0, 256) ?? '',
      attributes.text(NFTA_CHAIN.NAME)?.slice(0, 256) ?? '',
    );
    chains.set(key, {
      hook: number === undefined ? null : (names[number] ?? String(number)),
      type: attributes.text(NFTA_CHAIN.TYPE)?.slice(0, 16) ?? null,
    });
  }
  return chains;
}

const familyOf = (body: Buffer): string => families.get(body[0] ?? 0) ?? String(body[0]);

const keyOf = (...names: readonly string[]): string => names.join('\0');
