// A note beside the text. Knows no lab.
import type { ReactNode } from 'react';
import type { Language } from '../../content/schema.ts';
import { textsOf } from '../ui/texts/texts-of.ts';
import css from './alert.module.css';
import { asAlertKind } from './alert-kind.ts';

type Props = { kind: string; language: Language; children: ReactNode };

export function Alert({ kind, language, children }: Props) {
  const known = asAlertKind(kind) ?? 'note';
  return (
    <aside className={css['alert']} data-kind={known}>
      <p className={css['label']}>{textsOf(language).alert[known]}</p>
      {children}
    </aside>
  );
}
