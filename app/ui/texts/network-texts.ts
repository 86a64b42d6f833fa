// Every sentence of the picture of networks, as one type that each language fills. Knows no React.
import type { ObservedRule } from '../../../server/protocol/network.ts';

export type NetworkTexts = {
  lab: string;
  labTitle: string;
  labSide: string;
  otherSide: string;
  waiting: string;
  alone: string;
  /** Nobody is in it: what keeps it. */
  kept: (by: 'path' | 'descriptor') => string;
  device: string;
  kind: string;
  state: string;
  states: Record<'on' | 'waiting' | 'off', string>;
  addresses: string;
  noAddress: string;
  leadsTo: string;
  portOf: (bridge: string) => string;
  endIn: (device: string, network: string) => string;
  elsewhere: string;
  received: string;
  sent: string;
  route: string;
  gateway: string;
  defaultRoute: string;
  direct: string;
  legacy: (tables: string, commands: string) => string;
  rule: string;
  action: string;
  chain: string;
  packets: string;
  notCounted: string;
  everything: string;
  /** Of a rule whose packets must have more than is told. */
  more: string;
  not: (match: string) => string;
  /** A device that a rule compares by number; its name is empty when there is none. */
  numbered: (name: string, index: number) => string;
  fields: Record<ObservedRule['matches'][number]['field'], string>;
  actions: Record<ObservedRule['action'], string>;
};
