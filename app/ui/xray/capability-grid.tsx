// Which of root's 41 powers each group of processes has, may gain, or has lost. Knows no socket.
'use client';

import type { ObservedProcess } from '../../../server/protocol/snapshot.ts';
import type { Moment } from '../../lab-client/xray-store.ts';
import { useTexts } from '../texts/use-texts.tsx';
import { capabilityNames, readMask } from './capabilities.ts';
import css from './capability-grid.module.css';
import table from './table.module.css';
import { plain } from './plain.ts';

const NAMED = 6;

export function CapabilityGrid({ moment }: { moment: Moment }) {
  const texts = useTexts().xray.capabilities;
  const processes = Object.values(moment.view.processes).filter(({ state }) => state !== 'Z');
  const sets = [...Map.groupBy(processes, setOf)].toSorted(
    ([, a], [, b]) => countOf(b[0]) - countOf(a[0]),
  );
  return (
    <div className={table['box']}>
      <p className={css['lead']}>{texts.lead}</p>
      {sets.map(([key, members]) => (
        <CapabilitySet key={key} members={members} />
      ))}
    </div>
  );
}

const setOf = ({ capabilities }: ObservedProcess): string =>
  `${capabilities.effective}:${capabilities.permitted}:${capabilities.bounding}`;

function countOf(process: ObservedProcess | undefined): number {
  return readMask(process?.capabilities.effective ?? '0').filter(Boolean).length;
}

function CapabilitySet({ members }: { members: readonly ObservedProcess[] }) {
  const texts = useTexts().xray.capabilities;
  const effective = readMask(members[0]?.capabilities.effective ?? '0');
  const permitted = readMask(members[0]?.capabilities.permitted ?? '0');
  const bounding = readMask(members[0]?.capabilities.bounding ?? '0');
  const count = countOf(members[0]);
  const named = members.slice(0, NAMED).map(({ name, pid }) => `${plain(name)} (${pid})`);
  const summary =
    count === 0
      ? texts.none
      : count === capabilityNames.length
        ? texts.all
        : texts.some(count, capabilityNames.length);
  return (
    <section className={css['set']}>
      <h3 className={table['title']}>
        {named.join(', ')}
        {members.length > NAMED && ', …'}
        <span className={table['aside']}>{summary}</span>
      </h3>
      <ul className={css['grid']}>
        {capabilityNames.map((name, bit) => {
          const state = effective[bit]
            ? 'effective'
            : permitted[bit]
              ? 'permitted'
              : bounding[bit]
                ? 'bounding'
                : 'missing';
          return (
            <li key={name} data-state={state} title={`CAP_${name.toUpperCase()}: ${texts[state]}`}>
              {name}
              <span className="visually-hidden">{`: ${texts[state]}`}</span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
