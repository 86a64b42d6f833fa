// The namespaces that no process is in, below the picture of those who have some. Knows no socket.
'use client';

import { namespaceKey } from '../../../server/protocol/xray.ts';
import type { Moment } from '../../lab-client/xray-store.ts';
import { useTexts } from '../texts/use-texts.tsx';
import css from './kept-list.module.css';
import { keptNamespaces, sayWhatKeeps } from './kept-namespaces.ts';
import { NamespaceChip } from './namespace-chip.tsx';

export function KeptList({ moment, lit }: { moment: Moment; lit: ReadonlySet<string> }) {
  const { view, instances } = moment;
  const texts = useTexts().xray;
  const kept = keptNamespaces(view);
  if (kept.length === 0) return null;
  return (
    <section className={css['kept']} data-testid="xray-kept">
      <h3>{texts.spaces.title}</h3>
      <ul>
        {kept.map((namespace) => (
          <li key={namespaceKey(namespace)}>
            <NamespaceChip
              kind={namespace.kind}
              id={namespace.id}
              instances={instances}
              lit={lit.has(namespaceKey(namespace))}
            />
            <span>{`${texts.spaces.keptBy.toLowerCase()} ${sayWhatKeeps(namespace, view, texts).join(', ')}`}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
