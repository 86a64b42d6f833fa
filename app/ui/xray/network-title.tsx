// What a network namespace is called: the lab's, or its number, with its name and whoever is in it. Knows no device.
'use client';

import type { XrayView } from '../../../server/protocol/xray.ts';
import type { Moment } from '../../lab-client/xray-store.ts';
import { useTexts } from '../texts/use-texts.tsx';
import { NamespaceChip } from './namespace-chip.tsx';
import css from './network-picture.module.css';
import { plain } from './plain.ts';

/** Processes named as those who are in it. */
const NAMED = 3;

export function NetworkTitle({ id, moment, lit }: { id: string; moment: Moment; lit: boolean }) {
  const { view, instances } = moment;
  const texts = useTexts().xray.network;
  const network = view.networks[id];
  if (id === view.lab.namespaces.net) return <span>{texts.labTitle}</span>;
  const [path] = network?.paths ?? [];
  const members = membersOf(id, view);
  return (
    <>
      <NamespaceChip kind="net" id={id} instances={instances} lit={lit} />
      {path !== undefined && <b title={plain(path)}>{plain(path.split('/').at(-1) ?? path)}</b>}
      <span className={css['aside']}>
        {members === '' ? texts.kept(path === undefined ? 'descriptor' : 'path') : members}
      </span>
    </>
  );
}

function membersOf(id: string, view: XrayView): string {
  const members = Object.values(view.processes).filter((one) => one.namespaces?.net === id);
  const named = members.slice(0, NAMED).map(({ name, pid }) => `${plain(name)} (${pid})`);
  return members.length > NAMED ? `${named.join(', ')}, …` : named.join(', ');
}
