// Each namespace besides the lab's own: whose it is, what is above it, and what keeps it alive. Knows no socket.
'use client';

import type { ObservedNamespace } from '../../../server/protocol/snapshot-namespaces.ts';
import { namespaceKey } from '../../../server/protocol/xray.ts';
import type { Moment } from '../../lab-client/xray-store.ts';
import { useTexts } from '../texts/use-texts.tsx';
import { sayWhatKeeps } from './kept-namespaces.ts';
import { NamespaceChip } from './namespace-chip.tsx';
import { kindsInOrder } from './namespace-colour.ts';
import css from './table.module.css';

export function OwnerTable({ moment, lit }: { moment: Moment; lit: ReadonlySet<string> }) {
  const { view, instances } = moment;
  const texts = useTexts().xray;
  const namespaces = Object.values(view.namespaces).toSorted(
    (a, b) =>
      kindsInOrder.indexOf(a.kind) - kindsInOrder.indexOf(b.kind) ||
      (instances[a.kind][a.id] ?? 0) - (instances[b.kind][b.id] ?? 0),
  );
  if (namespaces.length === 0) return null;
  return (
    <>
      <table className={css['table']} data-testid="xray-owners">
        <caption>{texts.spaces.caption}</caption>
        <thead>
          <tr>
            <th scope="col">{texts.spaces.namespace}</th>
            <th scope="col">{texts.spaces.owner}</th>
            <th scope="col">{texts.spaces.parent}</th>
            <th scope="col">{texts.spaces.keptBy}</th>
          </tr>
        </thead>
        <tbody>
          {namespaces.map((namespace) => (
            <tr key={namespaceKey(namespace)} data-lit={lit.has(namespaceKey(namespace))}>
              <th scope="row">
                <NamespaceChip kind={namespace.kind} id={namespace.id} instances={instances} />
              </th>
              <td>
                <Relation kind="user" id={namespace.owner} moment={moment} />
              </td>
              <td>
                <Relation kind={namespace.kind} id={namespace.parent} moment={moment} />
              </td>
              <td>{sayWhatKeeps(namespace, view, texts).join(', ') || texts.spaces.none}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {view.hidden.namespaces > 0 && (
        <p className={css['note']} data-testid="xray-hidden-namespaces">
          {texts.spaces.hidden(view.hidden.namespaces)}
        </p>
      )}
    </>
  );
}

type RelationProps = { kind: ObservedNamespace['kind']; id: string | null; moment: Moment };

function Relation({ kind, id, moment: { view, instances } }: RelationProps) {
  const texts = useTexts().xray;
  if (id === null) return <span className={css['same']}>{texts.spaces.none}</span>;
  if (id === view.lab.namespaces[kind]) return <span className={css['same']}>{texts.ofLab}</span>;
  return <NamespaceChip kind={kind} id={id} instances={instances} />;
}
