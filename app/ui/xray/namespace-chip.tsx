// The sign of one namespace: its kind and number on its colour. Knows no process.
'use client';

import type { NamespaceKind } from '../../../server/protocol/snapshot.ts';
import type { Instances } from '../../lab-client/xray-store.ts';
import { useTexts } from '../texts/use-texts.tsx';
import { hueStyle, instanceName } from './namespace-colour.ts';
import css from './namespace-chip.module.css';

type Props = { kind: NamespaceKind; id: string; instances: Instances; lit?: boolean };

export function NamespaceChip({ kind, id, instances, lit = false }: Props) {
  const texts = useTexts().xray;
  return (
    <span
      className={css['chip']}
      style={hueStyle(kind, instances[kind][id] ?? 0)}
      title={`${texts.kinds[kind]}, ${id}`}
      data-lit={lit}
    >
      {instanceName(kind, id, instances)}
    </span>
  );
}
