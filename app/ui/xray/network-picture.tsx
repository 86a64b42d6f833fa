// The network namespaces as regions with their devices in them, and the veth pairs that join them as lines. What a
// screen reader reads is the tables below it. Knows no socket.
'use client';

import { useMemo } from 'react';
import type { ObservedLink } from '../../../server/protocol/network.ts';
import type { Moment } from '../../lab-client/xray-store.ts';
import { useLanguage, useTexts } from '../texts/use-texts.tsx';
import { hueStyle } from './namespace-colour.ts';
import type { NetworkLine, NetworkRegion, PlacedLink } from './network-layout.ts';
import { layOutNetworks, LINK_ROW } from './network-layout.ts';
import css from './network-picture.module.css';
import { NetworkTables } from './network-tables.tsx';
import { NetworkTitle } from './network-title.tsx';
import { plain } from './plain.ts';
import { hasCounted, stateOf } from './say-network.ts';
import table from './table.module.css';

type Props = { moment: Moment; before: Moment | undefined; lit: ReadonlySet<string> };

export function NetworkPicture({ moment, before, lit }: Props) {
  const { view, instances } = moment;
  const texts = useTexts().xray.network;
  const picture = useMemo(() => layOutNetworks(view, instances.net), [view, instances]);
  const sides = [
    { isLab: true, title: texts.labSide },
    { isLab: false, title: texts.otherSide },
  ];
  if (picture.regions.length === 0) return <p className={table['note']}>{texts.waiting}</p>;
  const hasOthers = picture.regions.some(({ isLab }) => !isLab);
  return (
    <div className={css['networks']}>
      <div className={css['stage']} style={{ height: picture.height }} aria-hidden="true">
        {sides.map(({ isLab, title }) => (
          <div key={title} className={css['side']}>
            {!isLab && !hasOthers && <p className={css['empty']}>{texts.alone}</p>}
            {picture.regions
              .filter((region) => region.isLab === isLab)
              .map((region) => (
                <Region key={region.id} region={region} moment={moment} before={before} lit={lit} />
              ))}
          </div>
        ))}
        <svg
          className={css['lines']}
          viewBox={`0 0 60 ${Math.max(1, picture.height)}`}
          preserveAspectRatio="none"
          height={picture.height}
        >
          {picture.lines.map((line) => (
            <path
              key={line.key}
              d={pathOf(line)}
              style={hueStyle('net', instances.net[line.network] ?? 1)}
              data-lit={line.key.split('|').some((end) => lit.has(end))}
              data-lab={line.round?.isLab === true}
              data-testid="xray-veth"
            />
          ))}
        </svg>
      </div>
      <NetworkTables moment={moment} before={before} lit={lit} />
    </div>
  );
}

function Region({ region, moment, before, lit }: Props & { region: NetworkRegion }) {
  const { id, y, height, links } = region;
  const earlier = before?.view.networks[id]?.links;
  return (
    <section
      className={css['region']}
      style={{
        ...hueStyle('net', moment.instances.net[id] ?? 0),
        transform: `translateY(${y}px)`,
        height,
      }}
      data-lab={region.isLab}
      data-testid="xray-network"
    >
      <div className={css['head']}>
        <NetworkTitle id={id} moment={moment} lit={lit.has(`net:${id}`)} />
      </div>
      {links.map((placed) => (
        <Device
          key={placed.key}
          placed={placed}
          before={earlier?.find(({ index }) => index === placed.link.index)}
          lit={lit.has(placed.key)}
        />
      ))}
    </section>
  );
}

type DeviceProps = { placed: PlacedLink; before: ObservedLink | undefined; lit: boolean };

function Device({ placed: { link, y, depth }, before, lit }: DeviceProps) {
  const texts = useTexts().xray.network;
  const format = new Intl.NumberFormat(useLanguage());
  const { received, sent } = link;
  const counted = [
    `${texts.received} ${format.format(received.packets)}`,
    `${texts.sent} ${format.format(sent.packets)}`,
  ];
  const hasMoved = hasCounted(received, before?.received) || hasCounted(sent, before?.sent);
  const addresses = link.addresses.map(({ address, prefix }) => `${address}/${prefix}`);
  const state = stateOf(link);
  return (
    <div
      className={css['device']}
      style={{ transform: `translateY(${y}px)`, height: LINK_ROW, marginLeft: depth * 14 }}
      data-lit={lit}
      data-port={depth > 0}
      title={addresses.join(', ')}
    >
      <span className={css['name']}>
        <i data-state={state} title={texts.states[state]} />
        <b>{plain(link.name)}</b>
        <small>{plain(link.kind ?? texts.device)}</small>
        {received.packets + sent.packets > 0 && (
          <span className={css['count']} data-moved={hasMoved} title={counted.join(', ')}>
            {`↓${format.format(received.packets)} ↑${format.format(sent.packets)}`}
          </span>
        )}
      </span>
      <span className={css['address']}>{addresses[0] ?? texts.noAddress}</span>
    </div>
  );
}

/** Across from left to right, or out of one side and back. */
function pathOf({ from, to, round }: NetworkLine): string {
  if (round === undefined) return `M0 ${from} C 32 ${from}, 28 ${to}, 60 ${to}`;
  const out = 8 + round.pixels * 1.6;
  const [side, x] = round.isLab ? [0, out] : [60, 60 - out];
  return `M${side} ${from} C ${x} ${from}, ${x} ${to}, ${side} ${to}`;
}
