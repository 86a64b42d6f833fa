// Every process with the eight namespaces it is in, as a table: also how a screen reader reads the x-ray.
// Knows no socket.
'use client';

import type { Moment } from '../../lab-client/xray-store.ts';
import { useTexts } from '../texts/use-texts.tsx';
import { NamespaceChip } from './namespace-chip.tsx';
import { kindNames, kindsInOrder } from './namespace-colour.ts';
import { OwnerTable } from './owner-table.tsx';
import css from './table.module.css';
import { plain } from './plain.ts';
import { listRows } from './process-tree.ts';
import { sayUserShortly } from './say-credentials.ts';

type Props = { moment: Moment; lit: ReadonlySet<string>; onSelect: (key: string) => void };

export function NamespaceTable({ moment, lit, onSelect }: Props) {
  const { view, instances } = moment;
  const texts = useTexts().xray;
  return (
    <div className={css['box']}>
      <table className={css['table']}>
        <caption>{texts.legend}</caption>
        <thead>
          <tr>
            <th scope="col">{texts.pid}</th>
            <th scope="col">{texts.process}</th>
            <th scope="col">{texts.detail.user}</th>
            {kindsInOrder.map((kind) => (
              <th key={kind} scope="col" title={texts.kinds[kind]}>
                {kindNames[kind]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {listRows(view).map((row) => {
            if (!('process' in row)) {
              return (
                <tr key={row.key}>
                  <td colSpan={11}>{texts.more(row.more, plain(row.name))}</td>
                </tr>
              );
            }
            const { process } = row;
            return (
              <tr key={row.key} data-lit={lit.has(row.key)}>
                <td className={css['number']}>{process.pids.join(' › ')}</td>
                <th scope="row">
                  <button type="button" onClick={() => onSelect(row.key)}>
                    {plain(process.name)}
                  </button>
                </th>
                <td>{sayUserShortly(process.user)}</td>
                {kindsInOrder.map((kind) => {
                  const id = process.namespaces?.[kind];
                  if (id === undefined) return <td key={kind}>?</td>;
                  if (id === view.lab.namespaces[kind]) {
                    return (
                      <td key={kind} className={css['same']}>
                        <span aria-hidden="true">·</span>
                        <span className="visually-hidden">{texts.sameAsLab}</span>
                      </td>
                    );
                  }
                  return (
                    <td key={kind}>
                      <NamespaceChip kind={kind} id={id} instances={instances} />
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
      <OwnerTable moment={moment} lit={lit} />
    </div>
  );
}
