// What is in each network namespace as tables, of which screen readers read all and everybody the numbers: devices,
// routes, rules, with what they have counted. Knows no socket.
'use client';

import type { ReactNode } from 'react';
import type { ObservedNetwork } from '../../../server/protocol/network.ts';
import { routeKey, ruleKey } from '../../lab-client/network-changes.ts';
import type { Moment } from '../../lab-client/xray-store.ts';
import { useLanguage, useTexts } from '../texts/use-texts.tsx';
import { linkKey } from './network-layout.ts';
import css from './network-picture.module.css';
import { NetworkTitle } from './network-title.tsx';
import { plain } from './plain.ts';
import { hasCounted, sayRule, sayWhereTo, stateOf } from './say-network.ts';
import table from './table.module.css';

type Props = { moment: Moment; before: Moment | undefined; lit: ReadonlySet<string> };

export function NetworkTables({ moment, before, lit }: Props) {
  const { networks } = moment.view;
  const numbers = moment.instances.net;
  const ids = Object.keys(networks).toSorted((a, b) => (numbers[a] ?? 0) - (numbers[b] ?? 0));
  return ids.map((id) => {
    const network = networks[id];
    if (network === undefined) return null;
    const earlier = before?.view.networks[id];
    return (
      <section key={id} className={css['block']} data-testid="xray-network-table">
        <h3 className={table['title']}>
          <NetworkTitle id={id} moment={moment} lit={false} />
        </h3>
        <Devices id={id} network={network} moment={moment} before={earlier} lit={lit} />
        {network.rules.length > 0 && <Rules id={id} network={network} before={earlier} lit={lit} />}
        <LegacyNote tables={network.legacyTables} />
        {network.routes.length > 0 && <Routes id={id} network={network} lit={lit} />}
      </section>
    );
  });
}

function Table({ heads, children }: { heads: readonly string[]; children: ReactNode }) {
  return (
    <div className={css['part']}>
      <table className={table['table']}>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

type PartProps = {
  id: string;
  network: ObservedNetwork;
  before: ObservedNetwork | undefined;
  lit: ReadonlySet<string>;
};

function Devices({ id, network, moment, before, lit }: PartProps & { moment: Moment }) {
  const texts = useTexts().xray.network;
  const number = useNumber();
  return (
    <Table
      heads={[
        texts.device,
        texts.kind,
        texts.received,
        texts.sent,
        texts.leadsTo,
        texts.state,
        texts.addresses,
        'MAC',
        'MTU',
      ]}
    >
      {network.links.map((link) => {
        const earlier = before?.links.find(({ index }) => index === link.index);
        return (
          <tr key={link.index} data-lit={lit.has(linkKey(id, link.index))}>
            <th scope="row">{plain(link.name)}</th>
            <td>{plain(link.kind ?? texts.device)}</td>
            <td data-moved={hasCounted(link.received, earlier?.received)}>
              {number(link.received.packets)}
            </td>
            <td data-moved={hasCounted(link.sent, earlier?.sent)}>{number(link.sent.packets)}</td>
            <td>{sayWhereTo(link, { id, moment, texts })}</td>
            <td>{texts.states[stateOf(link)]}</td>
            <td>{link.addresses.map(({ address, prefix }) => `${address}/${prefix}`).join(' ')}</td>
            <td>{link.mac}</td>
            <td>{number(link.mtu)}</td>
          </tr>
        );
      })}
    </Table>
  );
}

/** Nothing where iptables-legacy was never used. */
function LegacyNote({ tables }: { tables: ObservedNetwork['legacyTables'] }) {
  const texts = useTexts().xray.network;
  if (tables.length === 0) return null;
  const names = tables.map((one) => (one.family === 'ip6' ? `${one.table} (IPv6)` : one.table));
  const commands = [...new Set(tables.map(({ family }) => `sudo ${family}tables-legacy-save`))];
  return (
    <p className={table['note']} data-testid="xray-legacy">
      {texts.legacy(names.map(plain).join(', '), commands.join(', '))}
    </p>
  );
}

type RoutesProps = { id: string; network: ObservedNetwork; lit: ReadonlySet<string> };

function Routes({ id, network, lit }: RoutesProps) {
  const texts = useTexts().xray.network;
  const nameOf = (index: number | null): string =>
    plain(network.links.find((link) => link.index === index)?.name ?? '');
  return (
    <Table heads={[texts.route, texts.gateway, texts.device]}>
      {network.routes.map((route) => {
        const { destination, gateway, link } = route;
        const key = routeKey(route);
        return (
          <tr key={key} data-lit={lit.has(`route:${id}:${key}`)}>
            <th scope="row">{destination === 'default' ? texts.defaultRoute : destination}</th>
            <td>{gateway ?? texts.direct}</td>
            <td>{nameOf(link)}</td>
          </tr>
        );
      })}
    </Table>
  );
}

function Rules({ id, network, before, lit }: PartProps) {
  const texts = useTexts().xray.network;
  const number = useNumber();
  return (
    <Table heads={[texts.rule, texts.action, texts.chain, texts.packets]}>
      {network.rules.map((rule) => {
        const { table: name, handle, counted } = rule;
        const earlier = before?.rules.find(
          (one) => one.handle === handle && one.table === name && one.family === rule.family,
        );
        const { matches, action } = sayRule(rule, texts);
        return (
          <tr
            key={`${rule.family} ${name} ${handle}`}
            data-lit={lit.has(`rule:${id}:${ruleKey(rule)}`)}
            data-testid="xray-rule"
          >
            <th scope="row">{matches}</th>
            <td>{action}</td>
            <td>{plain(rule.hook ?? rule.chain)}</td>
            <td data-moved={hasCounted(counted, earlier?.counted)}>
              {counted === null ? texts.notCounted : number(counted.packets)}
            </td>
          </tr>
        );
      })}
    </Table>
  );
}

function useNumber(): (value: number) => string {
  const language = useLanguage();
  return (value) => new Intl.NumberFormat(language).format(value);
}
